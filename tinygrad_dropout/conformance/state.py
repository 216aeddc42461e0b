"""What a layer remembers is its own, and of its last forward: other calls and other layers change nothing."""

from __future__ import annotations

import numpy as np

from tinygrad_dropout.conformance.adapters import GraphLayer
from tinygrad_dropout.conformance.backward import RIGHT, SHAPE, name_backward
from tinygrad_dropout.conformance.seen import SAME
from tinygrad_dropout.conformance.trial import Trial


def examine_later_rounds(trial: Trial) -> None:
    """Backward follows the last forward also when it is not the first, and using a layer does not change it."""
    if not trial.backward_is_right:
        return
    subject = trial.subject()
    scales, gradients = [], []
    for turn in ("first", "second", "third"):
        before, x, grad = (trial.numbers(*SHAPE) for _ in range(3))
        earlier = subject.forward(before) / before
        y = subject.forward(x).copy()
        factors = y / x
        scales.append(np.median(factors[factors != 0]))
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


def examine_two_layers(trial: Trial) -> None:
    """Two layers have nothing in common: neither their masks nor their modes."""
    if not trial.backward_is_right:
        return
    one, other = trial.subject(), trial.subject()
    x, grad = trial.numbers(*SHAPE), trial.numbers(*SHAPE)
    factors = one.forward(x) / x
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
