"""Backward multiplies by the very factors of the forward: the same mask, the same scale."""

from __future__ import annotations

import numpy as np

from tinygrad_dropout.conformance.adapters import GraphLayer
from tinygrad_dropout.conformance.seen import SAME
from tinygrad_dropout.conformance.subject import Array, Subject
from tinygrad_dropout.conformance.trial import Trial

SHAPE = (23, 17)
RIGHT = "g times what the forward multiplied by: 1/(1 - p) where kept, 0 where dropped"


def examine_backward(trial: Trial) -> None:
    """Compare dL/dx with g times the forward's own factors."""
    subject = trial.subject()
    x, grad = trial.numbers(*SHAPE), trial.numbers(*SHAPE)
    y = subject.forward(x)
    before = y.copy()
    factors = before / x
    gx = subject.backward(grad)
    if not np.array_equal(y, before):
        trial.log.finding("backward-changes-y", "backward overwrote the array that forward had returned", "y as it was")
    if np.allclose(gx, grad * factors, rtol=SAME, atol=0):
        examine_backward_at_zeros(trial)
        return
    code, message = name_backward(x, y, grad, gx, factors, trial.p)
    trial.log.finding(code, f"{message} (p = {trial.p})", RIGHT)
    trial.backward_is_right = False


def name_backward(x: Array, y: Array, grad: Array, gx: Array, factors: Array, p: float) -> tuple[str, str]:
    """Code and message for a wrong gradient."""
    kept, passed = factors != 0, gx != 0
    scale = np.median(factors[kept])
    if not np.isfinite(gx).all():
        return "backward-not-finite", f"dL/dx has {int((~np.isfinite(gx)).sum())} values that are NaN or infinite"
    formulas = [
        ("backward-is-the-identity", "dL/dx = g: neither mask nor scale", grad),
        ("backward-forgets-the-mask", f"dL/dx = g x {scale:.4g} everywhere: the mask is missing", grad * scale),
        ("backward-forgets-the-scale", "dL/dx = g where kept: the scale is missing", grad * kept),
        ("backward-scales-twice", f"dL/dx = g x {scale**2:.4g} where kept: the scale, squared", grad * kept * scale**2),
        ("backward-scales-by-1-p", f"dL/dx = g x {1 - p:.4g} = 1 - p where kept", grad * kept * (1 - p)),
        ("backward-scales-by-1/p", f"dL/dx = g x {1 / p:.4g} = 1/p where kept", grad * kept / p),
        ("backward-inverts-the-mask", "dL/dx is 0 where kept, and g scaled where dropped", grad * ~kept * scale),
        ("backward-ignores-g", f"dL/dx = {scale:.4g} where kept, whatever g is", factors),
        ("backward-multiplies-by-x", "dL/dx = g times the output y", grad * y),
        ("backward-multiplies-by-x", "dL/dx = g times x, where kept", grad * x * kept),
    ]
    for code, message, formula in formulas:
        if np.allclose(gx, formula, rtol=SAME, atol=0):
            return code, message
    if not passed.any():
        return "backward-is-zero", "dL/dx is 0 everywhere"
    if (passed & ~kept).any() or (kept & ~passed).any():
        agree = float((passed == kept).mean())
        problem = f"backward let through {agree:.3f} of the elements as forward did: it used another mask"
        return "backward-uses-another-mask", problem
    index: tuple[int, ...] = tuple(int(i) for i in np.argwhere(~np.isclose(gx, grad * factors, rtol=SAME, atol=0))[0])
    mine, right = float(gx[index]), float((grad * factors)[index])
    return "backward-is-wrong", f"dL/dx{list(index)} is {mine:.6g}, expected {right:.6g}, ratio {mine / right:.4g}"


def examine_backward_at_zeros(trial: Trial) -> None:
    """An x of 0 gives y = 0 even where it is kept: a mask that is inferred from the output is wrong there."""
    subject = trial.subject()
    x, grad = trial.numbers(*SHAPE), trial.numbers(*SHAPE)
    zero = np.zeros(SHAPE, dtype=bool)
    zero[:, ::2] = True
    x[zero] = 0
    y = subject.forward(x)
    gx = subject.backward(grad)
    if not gx[zero].any():
        problem = f"where x is 0, dL/dx is 0 at all {int(zero.sum())} elements: the mask was inferred from the output"
        trial.log.finding("mask-inferred-from-the-output", problem, "the mask of the forward, stored")
    elif not np.allclose(gx[~zero], (grad * y)[~zero] / x[~zero], rtol=SAME, atol=0) or gx[zero].all():
        problem = "with zeros in x, dL/dx does not follow the forward's mask"
        trial.log.finding("backward-is-wrong-at-zeros", problem, RIGHT)


def examine_later_rounds(trial: Trial) -> None:
    """Backward follows the last forward also when it is not the first, and using a layer does not change it."""
    if not trial.backward_is_right:
        return
    subject = trial.subject()
    scales, gradients = [], []
    for turn in ("first", "second", "third"):
        (earlier, _), (factors, y) = ((out / x, out) for x, out in forwards(trial, subject))
        scales.append(np.median(factors[factors != 0]))
        x, grad = y, trial.numbers(*SHAPE)
        gx = subject.backward(grad)
        gradients.append((gx, gx.copy()))
        if np.allclose(gx, grad * factors, rtol=SAME, atol=0):
            continue
        if np.allclose(gx, grad * earlier, rtol=SAME, atol=0):
            problem = "after two forwards, backward used the mask of the one before the last"
            trial.log.finding("backward-uses-an-earlier-mask", problem, RIGHT)
        else:
            code, message = name_backward(x, y, grad, gx, factors, trial.p)
            trial.log.finding(code, f"in its {turn} backward, {message} (p = {trial.p})", RIGHT)
        return
    if not all(np.array_equal(gx, copy) for gx, copy in gradients):
        problem = "the array that the first backward returned was overwritten by a later backward"
        trial.log.finding("gradient-is-overwritten", problem, "a new array for every gradient")
    if not np.allclose(scales, scales[0], rtol=SAME):
        problem = f"the scale was {scales[0]:.4g} in the first forwards and {scales[-1]:.4g} after two backwards"
        trial.log.finding("changes-with-use", problem, "the same p always")


def forwards(trial: Trial, subject: Subject) -> list[tuple[Array, Array]]:
    """Input and output of two forwards of one layer, one after the other."""
    inputs = [trial.numbers(*SHAPE) for _ in range(2)]
    return [(x, subject.forward(x).copy()) for x in inputs]


def examine_two_layers(trial: Trial) -> None:
    """Two layers have nothing in common: neither their masks nor their modes."""
    if not trial.backward_is_right:
        return
    one, other = trial.subject(), trial.subject()
    x, grad = trial.numbers(*SHAPE), trial.numbers(*SHAPE)
    factors = one.forward(x).copy() / x
    other.forward(trial.numbers(*SHAPE))
    if not np.allclose(one.backward(grad), grad * factors, rtol=SAME, atol=0):
        problem = "a forward of another layer changed what backward of this one does"
        trial.log.finding("layers-share-their-mask", problem, "a mask for each layer")
    one.set_training(False)
    if (other.forward(x) != 0).all():
        problem = "switching one layer to eval mode switched another, too"
        trial.log.finding("layers-share-their-mode", problem, "a mode for each layer")


def examine_two_forwards(trial: Trial) -> None:
    """Two forwards before any backward: each backward has the mask of its own forward."""
    subject = trial.subject()
    if not isinstance(subject.layer, GraphLayer):
        trial.log.not_checked.append("two forwards before the backwards: that takes a layer with a graph")
        return
    inputs = [trial.numbers(*SHAPE) for _ in range(2)]
    grad = trial.numbers(*SHAPE)
    outputs, backwards = zip(*(subject.record(x) for x in inputs), strict=True)
    factors = [y / x for y, x in zip(outputs, inputs, strict=True)]
    for number, backward in enumerate(backwards):
        gx = backward(grad)
        if np.allclose(gx, grad * factors[number], rtol=SAME, atol=0):
            continue
        which = "the other forward's mask" if np.allclose(gx, grad * factors[1 - number]) else "another mask"
        problem = f"after two forwards, backward through the {('first', 'second')[number]} one used {which}"
        trial.log.finding("mask-overwritten-by-the-next-forward", problem, "each forward's graph keeps its own mask")
        return
