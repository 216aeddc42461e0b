"""Rejects gradients that are nearly right: measured by differences of losses, or computed in float32."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.drills.grader.answer import Answer
from tinygrad_dropout.drills.grader.calls import Run
from tinygrad_dropout.drills.grader.judge import Judge

Array = npt.NDArray[Any]
LOW_PRECISION = re.compile(r"float32|float16|[\"'][<=]?f[24]|single|half")


def refuse_measured(
    judge: Judge,
    function: Answer,
    runs: Sequence[Run],
    right: Callable[..., Array],
    loss: Callable[..., float],
) -> None:
    """Reject a gradient that is slightly off, but by more than rounding; a wrong formula is left to `compare`.

    Args:
        judge: the judge of the answer.
        function: the learner's function of x and of everything else that the loss depends on.
        runs: its runs.
        right: gives the right gradient.
        loss: gives the loss.
    """
    for run in runs:
        (x, *rest), wanted = run.arguments, right(*run.arguments)
        got = np.asarray(run.value)
        if got.shape != wanted.shape or got.dtype.kind not in "biuf":
            return
        error = float(np.abs(got - wanted).max())
        if not 1e-13 < error < 1e-4:
            continue
        shown = {**dict(zip(run.parameters, run.arguments, strict=True)), "yours": got, "expected": wanted}
        if got.dtype != wanted.dtype or LOW_PRECISION.search(judge.source):
            dtype = got.dtype if got.dtype != wanted.dtype else "float32"
            judge.reject(
                "computed-in-float32",
                f"The gradient is off by up to {error:.1e}: only a few digits are right. Was it computed in {dtype}?",
                "What is the dtype of each of your arrays?",
                kind="precision",
                shown=shown,
            )
        # after a small change of x, the error of a formula changes a little; the error of a difference is rounding
        nudged = x * (1 + 1e-6)
        change = np.abs((function(nudged, *rest) - right(nudged, *rest)) - (got - wanted)).max()
        rough = change > 0.05 * error and not np.array_equal(got, got.round(13))
        if rough or any(np.abs(got - one).max() < 0.05 * error for one in differences(loss, x, *rest)):
            judge.reject(
                "measured-not-derived",
                f"The gradient is off by up to {error:.1e}: far more than rounding, as with differences of losses.",
                "Can you write down the derivative? Differences need two losses for every number.",
                kind="precision",
                shown=shown,
            )


def differences(loss: Callable[..., float], x: Array, *rest: Any) -> Iterator[Array]:
    """The gradient from central and one-sided differences with the usual steps."""
    for h in 10.0 ** -np.arange(2, 8):
        steps = h * np.eye(x.size).reshape(x.size, *x.shape)
        above, here, below = (np.array([loss(x + sign * step, *rest) for step in steps]) for sign in (1, 0, -1))
        for slope in ((above - below) / (2 * h), (above - here) / h, (here - below) / h):
            yield slope.reshape(x.shape)
