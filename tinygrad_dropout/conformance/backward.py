"""Backward multiplies by the very factors of the forward: the same mask, the same scale."""

from __future__ import annotations

import numpy as np

from tinygrad_dropout.conformance.seen import SAME
from tinygrad_dropout.conformance.subject import Array
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
        (
            "backward-scales-by-the-realised-rate",
            f"dL/dx = g x {1 / kept.mean():.4g} = size/kept of this very mask, where kept",
            grad * kept / kept.mean(),
        ),
        ("backward-passes-where-dropped", "dL/dx = g where dropped", np.where(kept, grad * scale, grad)),
        ("backward-subtracts-p", "dL/dx = g x -p where dropped: brackets are missing", grad * (kept - p)),
        ("backward-subtracts-p", "dL/dx = -p where dropped: brackets are missing", grad * kept - p),
        ("backward-averages", "dL/dx is divided by the number of rows", grad * factors / len(grad)),
        ("backward-averages", "dL/dx is divided by the number of elements", grad * factors / grad.size),
        ("mask-inferred-from-the-sign", "dL/dx is 0 where y is not above 0", grad * scale * (y > 0)),
        ("mask-inferred-from-the-sign", "dL/dx is 0 where x is not above 0", grad * scale * (x > 0)),
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
