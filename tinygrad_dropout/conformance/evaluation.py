"""Eval mode is the identity, forward and backward, and training mode comes back as it was."""

from __future__ import annotations

import numpy as np

from tinygrad_dropout.conformance.seen import SAME
from tinygrad_dropout.conformance.subject import Array
from tinygrad_dropout.conformance.trial import Trial

SHAPE, OTHER_SHAPE = (19, 11), (8, 21)


def examine_eval(trial: Trial) -> None:
    """From training to eval mode, to another shape, and back."""
    subject, log, p = trial.subject(), trial.log, trial.p
    x, grad = trial.numbers(*SHAPE), trial.numbers(*SHAPE)
    before = subject.forward(x)
    subject.backward(grad)
    y = subject.forward(x, training=False)
    if not np.array_equal(y, x):
        log.finding(*name_eval(x, y, p), "y = x in eval mode: the scaling is done while training")
    gx = subject.backward(grad, training=False)
    if not np.array_equal(gx, grad) and "original-scheme" not in log.findings:
        log.finding(*name_eval_backward(grad, gx, before != 0, p), "dL/dx = g in eval mode")
    after = subject.forward(x)
    kept = after != 0
    if kept.all() and not (before != 0).all():
        problem = "after eval mode nothing is dropped in training mode"
        log.finding("never-drops-again", problem, f"a fraction {p} dropped again")
    elif np.array_equal(kept, before != 0) and "mask-is-frozen" not in log.findings:
        problem = "after eval mode, training mode uses the mask from before it"
        log.finding("old-mask-after-eval", problem, "a fresh mask for every training forward")
    examine_fresh_eval(trial)


def name_eval(x: Array, y: Array, p: float) -> tuple[str, str]:
    """Code and message for an eval mode that is not the identity."""
    if not np.isfinite(y).all():
        return "eval-not-finite", "eval mode gave values that are NaN or infinite"
    if (y == 0).any():
        return "drops-in-eval", f"eval mode set {float((y == 0).mean()):.2f} of the elements to 0 at p = {p}"
    ratio = y / x
    for code, formula, factor in (
        ("eval-scales-by-1-p", "1 - p", 1 - p),
        ("eval-scales-by-1/(1-p)", "1/(1 - p)", 1 / (1 - p)),
        ("eval-scales-by-p", "p", p),
    ):
        if np.allclose(ratio, factor, rtol=SAME, atol=0):
            return code, f"eval mode multiplies by {factor:.4g} = {formula} at p = {p}"
    if np.allclose(ratio, 1, rtol=SAME, atol=0):
        return "eval-is-rounded", "in eval mode y equals x up to rounding only"
    return "eval-changes-x", f"eval mode multiplies by numbers from {ratio.min():.4g} to {ratio.max():.4g} at p = {p}"


def name_eval_backward(grad: Array, gx: Array, last_kept: Array, p: float) -> tuple[str, str]:
    """Code and message for a gradient in eval mode that is not g."""
    if not gx.any():
        return "eval-backward-is-zero", "in eval mode dL/dx is 0 everywhere"
    if (gx == 0).any():
        if np.array_equal(gx != 0, last_kept):
            problem = "in eval mode dL/dx is 0 where the last training forward had dropped"
            return "old-mask-in-eval-backward", problem
        return "eval-backward-drops", f"in eval mode dL/dx is 0 at {float((gx == 0).mean()):.2f} of the elements"
    ratio = gx / grad
    return "eval-backward-scales", f"in eval mode dL/dx is g x {np.median(ratio):.4g} at p = {p}"


def examine_fresh_eval(trial: Trial) -> None:
    """Eval mode before any training forward and twice in a row, and shapes that change from call to call."""
    fresh = trial.subject()
    for when in ("before any training forward", "the second time"):
        x, grad = trial.numbers(*SHAPE), trial.numbers(*SHAPE)
        y, gx = fresh.forward(x, training=False), fresh.backward(grad, training=False)
        if not trial.log.findings and not (np.array_equal(y, x) and np.array_equal(gx, grad)):
            problem = f"{when}, eval mode is not the identity"
            trial.log.finding("eval-depends-on-what-came-before", problem, "y = x and dL/dx = g, always")
    for training in (True, False, True):
        other = trial.numbers(*OTHER_SHAPE)
        fresh.forward(other, training)
        fresh.backward(other, training)
        fresh.forward(x, training)
