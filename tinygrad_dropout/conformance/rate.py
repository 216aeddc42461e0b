"""The fraction that is dropped is p, and not 1 - p, nor the same whatever p is."""

from __future__ import annotations

from math import sqrt

from tinygrad_dropout.conformance.seen import Seen
from tinygrad_dropout.conformance.statistics import SIGMAS, rate_deviation
from tinygrad_dropout.conformance.trial import Trial

SAID_WITH_THE_SCALE = {"p-is-taken-for-the-probability-of-keeping", "drops-twice"}


def examine_rate(trial: Trial, seen: Seen, other: Seen) -> None:
    """Name what is wrong with how many elements are dropped, in two forwards that differ in p."""
    if not trial.independent or trial.log.findings.keys() & SAID_WITH_THE_SCALE:
        return
    chance = SIGMAS * sqrt(0.25 / seen.kept.size + 0.25 / other.kept.size)  # for the difference of two equal rates
    for one, another in ((seen, other), (other, seen)):
        if not deviates(one, one.p):
            continue
        counted = f"{one.dropped_rate:.4f} of {one.kept.size:,} elements were dropped at p = {one.p}"
        expected = f"{one.p}, give or take {SIGMAS * sqrt(one.p * (1 - one.p) / one.kept.size):.4f}"
        if not deviates(one, 1 - one.p) and not deviates(another, 1 - another.p):
            problem = f"{counted}, which is 1 - p: the comparison is the wrong way round"
            trial.log.finding("drops-with-1-p", problem, expected)
        elif abs(one.dropped_rate - another.dropped_rate) < chance:
            problem = f"{counted}, and as many at p = {another.p}"
            trial.log.finding("rate-ignores-p", problem, expected)
        else:
            trial.log.finding("rate-is-wrong", counted, expected)
        return


def deviates(seen: Seen, p: float) -> bool:
    """Whether the fraction dropped is too far from p to be chance."""
    dropped = seen.kept.size - int(seen.kept.sum())
    return abs(rate_deviation(dropped, seen.kept.size, p)) > SIGMAS
