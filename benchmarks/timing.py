"""Contenders in turn within one process: the ratio of each round, then the median of the ratios.

The speed of a machine drifts from second to second, so a time says little. Within one round all contenders meet the
same machine, and the ratio of their times repeats.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from benchmarks.contenders import Step

Times = dict[str, list[float]]


@dataclass(frozen=True)
class Spread:
    """The median of some figures, and the quarter and three-quarter points around it."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Spread:
        return cls(*(float(figure) for figure in np.quantile(figures, (0.25, 0.5, 0.75))))


def time_in_turn(steps: Mapping[str, Step], rounds: int, seconds: float) -> Times:
    """Seconds a step of every contender, one figure a round.

    Args:
        steps: what to time, by name.
        rounds: how often each gets its turn; in each round another one begins.
        seconds: about how long a turn lasts.
    """
    keep_freed_memory()
    repeats = {name: calibrated(step, seconds) for name, step in steps.items()}
    gc.collect()
    gc.freeze()  # the collector stays on, but skips what the other contenders imported
    times: Times = {name: [] for name in steps}
    for name in turns(list(steps), rounds):
        if repeats[name] > 1:  # untimed, to refill the caches; a step as long as a turn hardly notices
            steps[name]()
        times[name].append(timed(steps[name], repeats[name]))
    return times


def turns(names: Sequence[str], rounds: int) -> Iterator[str]:
    """The order of turns: each contender once per round, and a different one first in each round."""
    for number in range(rounds):
        first = number % len(names)
        yield from (*names[first:], *names[:first])


def keep_freed_memory() -> None:
    """Bring the C library into the state it has in any training process: freed arrays below 32 MiB stay at hand.

    It learns that when the first large array is freed. Before, it returns them to the system, and a contender that
    makes new arrays would be timed waiting for memory.
    """
    np.empty(2**25 - 2**16, dtype=np.uint8)


def timed(step: Step, repeats: int) -> float:
    """Seconds a call."""
    begin = perf_counter()
    for _ in range(repeats):
        step()
    return (perf_counter() - begin) / repeats


def calibrated(step: Step, seconds: float) -> int:
    """How many calls take about that long, once the first one (compilation, memory) is done."""
    step()
    repeats = 1
    while (taken := timed(step, repeats)) * repeats < seconds / 4:
        repeats *= 2
    return max(1, round(seconds / taken))


def ratios(times: Times, of: str, to: str) -> list[float]:
    """Round by round, the time of one contender over the time of another."""
    return [ours / theirs for ours, theirs in zip(times[of], times[to], strict=True)]
