"""One call of a learner's function, and the check that a second call gives the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import MethodType
from typing import Any

import numpy as np

from tinygrad_dropout.drills.grader.answer import Answer
from tinygrad_dropout.drills.grader.result import Rejected, Rejection
from tinygrad_dropout.drills.grader.shown import as_text, shown_arguments

PLAIN = (bool, int, float, str, type(None), np.ndarray, np.generic)


@dataclass(frozen=True)
class Run:
    """One call of the learner's function.

    Attributes:
        call: the call as text.
        parameters: the names of its parameters.
        arguments: its arguments.
        value: its result.
    """

    call: str
    parameters: tuple[str, ...]
    arguments: tuple[Any, ...]
    value: Any

    @property
    def shown(self) -> tuple[tuple[str, str], ...]:
        """The arguments, as texts."""
        return shown_arguments(self.parameters, self.arguments)

    @property
    def size(self) -> int:
        """How many numbers its arguments have."""
        return size_of(self.arguments)


def refuse_shared_results(function: Answer, runs: Sequence[Run]) -> None:
    """Call a function once more with the arguments of the first run; methods and classes are not checked.

    Raises:
        Rejected: both calls returned the same memory, or other numbers.
    """
    if not runs or isinstance(function.function, (MethodType, type)):
        return
    run = runs[0]
    before = [array.copy() for array in arrays_in(run.value)]
    again = function(*run.arguments)
    pairs = list(zip(arrays_in(run.value), arrays_in(again), strict=False))
    if any(np.may_share_memory(one, other) for one, other in pairs):
        raise Rejected(
            Rejection(
                "result-is-overwritten",
                f"Two calls of {function.name} returned the same array: the second call overwrote what the first "
                "returned.",
                "The first caller still has that array. Where is it created: once, or in each call?",
                shown=run.shown,
                kind="ownership",
            )
        )
    if any(differ(one, other) for one, (_, other) in zip(before, pairs, strict=False)):
        raise Rejected(
            Rejection(
                "second-call-differs",
                f"{run.call} returned different numbers when it was called again with the same arguments.",
                "What does your code remember from one call to the next?",
                shown=(*run.shown, ("at first", as_text(run.value)), ("then", as_text(again))),
                kind="state",
            )
        )


def size_of(argument: Any) -> int:
    """How many numbers an array, or a collection of any depth, has."""
    if isinstance(argument, (list, tuple)):
        return sum(map(size_of, argument))
    return np.size(argument) if isinstance(argument, np.ndarray) else 1


def is_plain(argument: Any) -> bool:
    """Whether an argument is plain data: no generator, no function, nothing that remembers a call."""
    if isinstance(argument, (list, tuple)):
        return all(map(is_plain, argument))
    return isinstance(argument, PLAIN)


def arrays_in(value: Any) -> Iterator[np.ndarray[Any, Any]]:
    """The arrays that were returned, one by one or in a collection."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from arrays_in(one)


def differ(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> bool:
    """Whether two results differ; results that are not numbers are checked elsewhere."""
    if one.dtype.kind not in "biuf" or other.dtype.kind not in "biuf":
        return False
    return one.shape != other.shape or not np.array_equal(one, other, equal_nan=True)
