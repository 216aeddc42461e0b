"""Exercises with a forward that returns a cache and a backward that receives it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.drills.grader.answer import Answer
from tinygrad_dropout.drills.grader.calls import Run, differ
from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.shown import call_text

Array = npt.NDArray[Any]
Case = tuple[Any, ...]


def run_both_passes(
    judge: Judge, forward: Answer, backward: Answer, cases: Sequence[Case], *names: str
) -> dict[str, list[Run]]:
    """Run the forward on every case, and the backward on a random upstream gradient.

    Args:
        judge: the judge of the answer.
        forward: returns `(y, cache)`.
        backward: takes `(grad, cache)`.
        cases: the forward's arguments.
        names: the names of what the backward returns, such as `"dx", "dweight"`.

    Returns:
        `y` and each of the names -> its runs. Those of the gradients have the arguments `(grad, *case)`, so that an
        expected gradient and the formulas of known mistakes are functions of these.
    """
    outputs, gradients = [], []
    parameters = ("grad", *forward.parameters)
    for case in cases:
        runs = judge.run(forward, [case], repeat=case is cases[0])
        (y,), (cache,) = judge.parts(runs, "y", "cache")
        grad = judge.numbers(*np.shape(y.value))
        value = backward(grad, cache.value)
        outputs.append(y)
        gradients.append(Run(call_text(backward.name, backward.parameters), parameters, (grad, *case), value))
    if len(names) == 1:
        return {"y": outputs, names[0]: gradients}
    return {"y": outputs, **dict(zip(names, judge.parts(gradients, *names), strict=True))}


def refuse_shared_caches(judge: Judge, forward: Answer, backward: Answer, first: Case, second: Case) -> None:
    """Check that a backward gives the same after another forward, and when it is called a second time.

    Args:
        judge: the judge of the answer.
        forward: returns `(y, cache)`.
        backward: takes `(grad, cache)`.
        first: the arguments of a forward.
        second: other arguments of the same shapes.
    """
    y, cache = forward(*first)
    grad = judge.numbers(*np.shape(y))

    def gradients() -> list[Array]:
        return copies(backward.function(grad.copy(), cache))  # the cache itself: a call with care has a copy of it

    once, again = gradients(), gradients()
    if any(map(differ, once, again)):
        judge.reject(
            "cache-is-used-up",
            f"A second {backward.name}(grad, cache) with the same cache returned different gradients.",
            "Which of the arrays in the cache does your backward change?",
            kind="state",
            shown={"grad": grad, "at first": list(once), "then": list(again)},
        )
    _, cache = forward(*first)
    forward(*second)
    after = gradients()
    if any(map(differ, once, after)):
        judge.reject(
            "cache-is-overwritten",
            f"After another {forward.name}, the backward of the earlier one returned different gradients.",
            "Where does your forward keep what the backward needs: in the cache, or in one place for all calls?",
            kind="state",
            shown={"grad": grad, "at first": list(once), "after another forward": list(after)},
        )


def copies(value: Any) -> list[Array]:
    """Copies of the arrays and numbers that were returned."""
    if isinstance(value, (list, tuple)):
        return [copy for one in value for copy in copies(one)]
    return [np.array(value)]
