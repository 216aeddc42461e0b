"""One examination of a model: its forwards, which run once and answer several questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from math import log, sqrt
from typing import Any

from tinygrad_dropout.conformance.model.random_state import Restore
from tinygrad_dropout.conformance.model.subject import Subject
from tinygrad_dropout.conformance.model.trace import PLAIN, Call, RunOptions, Trace
from tinygrad_dropout.conformance.statistics import SIGMAS
from tinygrad_dropout.mistakes import Finding

FORWARDS = 8  # in training mode
CHANCE = log(1e-9)  # anything less likely than this is not chance

Ask = Callable[["ModelExamination"], Iterator[Finding]]


class ModelExamination:
    """The forwards of one model with one input.

    Args:
        subject: the model.
        seed: the seed for the global generators.
    """

    def __init__(self, subject: Subject, seed: int) -> None:
        self.subject, self.seed = subject, seed
        self.not_checked: list[str] = []

    def run(self, training: bool, options: RunOptions = PLAIN) -> Trace:
        """Run one forward in a mode."""
        self.subject.set_mode(training)
        return self.subject.run(options)

    @cached_property
    def evaluation(self) -> list[Trace]:
        """Two forwards in eval mode."""
        return [self.run(False) for _ in range(2)]

    @cached_property
    def training(self) -> list[Trace]:
        """Several forwards in training mode."""
        return [self.run(True) for _ in range(FORWARDS)]

    @cached_property
    def beginning(self) -> list[Restore]:
        """Functions that put all generators into the same state as before, so that a forward can be repeated."""
        return [source.restorer() for source in self.subject.sources()]

    def replay(self, options: RunOptions = PLAIN) -> Trace:
        """Run a forward in training mode that draws the same random numbers as every other replay."""
        for restore in self.beginning:
            restore()
        return self.run(True, options)

    @cached_property
    def places(self) -> dict[tuple[Any, ...], list[list[Call]]]:
        """For each dropout that is on in training mode, its calls in every training forward."""
        found: dict[tuple[Any, ...], list[list[Call]]] = {}
        for number, trace in enumerate(self.training):
            for call in trace.calls:
                if call.on:
                    found.setdefault(call.place, [[] for _ in self.training])[number].append(call)
        return found

    @property
    def visible_places(self) -> Iterator[list[list[Call]]]:
        """The dropouts whose effect on each element can be seen and whose p is between 0 and 1."""
        for calls in self.places.values():
            if all(row and all(call.visible and call.should_drop for call in row) for row in calls):
                yield calls


def unlikely_to_agree(calls: list[Call], times: int = 1) -> bool:
    """Whether independent masks would agree in all elements with a probability of less than one in a billion."""
    total = 0.0
    for call in calls:
        assert call.p is not None
        total += draws(call) * log(call.p**2 + (1 - call.p) ** 2) * times
    return total < CHANCE


def rate_of(calls: list[Call]) -> tuple[float, float]:
    """The fraction of elements that a dropout's calls set to 0, and how far from p chance may take it."""
    total = sum(int(call.shown.sum()) for call in calls)
    seen = sum(int(call.dropped.sum()) for call in calls) / max(total, 1)
    p = calls[0].p or 0.0
    return seen, SIGMAS * sqrt(p * (1 - p) / max(sum(draws(call) for call in calls), 1))


def draws(call: Call) -> int:
    """How many independent draws a mask has: one per element, except along axes that share a draw.

    A mask that drops nothing does not show which axes share a draw; then at least one draw per row is assumed.
    """
    shown, dropped = call.shown, call.dropped
    if not dropped.any():
        return len(dropped) if dropped.ndim else 1
    kept = shown & ~dropped
    own = [axis for axis in range(dropped.ndim) if (dropped.any(axis=axis) & kept.any(axis=axis)).any()]
    others = tuple(axis for axis in range(dropped.ndim) if axis not in own)
    return int(shown.any(axis=others).sum())
