"""The fraction of dropped elements is p, and not 1 - p or a constant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import sqrt

from tinygrad_dropout.conformance.examination import Examination
from tinygrad_dropout.conformance.observation import Observation
from tinygrad_dropout.conformance.statistics import SIGMAS, rate_deviation
from tinygrad_dropout.mistakes import Finding, Mistake
from tinygrad_dropout.mistakes.dropout import rate as mistakes
from tinygrad_dropout.mistakes.dropout import scale as scale_mistakes

#: Wrong rates and their formulas. A formula that fits every forward with a wrong rate names the mistake.
WRONG_RATES: tuple[tuple[Mistake, Callable[[float], float]], ...] = (
    (mistakes.IS_1_MINUS_P, lambda p: 1 - p),
    (mistakes.HALF, lambda p: p / 2),
    (mistakes.DOUBLE, lambda p: min(1.0, 2 * p)),
    (mistakes.SQUARED, lambda p: p * p),
)

NAMED_WITH_THE_SCALE = {scale_mistakes.P_IS_KEEP.code, scale_mistakes.DROPS_TWICE.code}


def examine_rate(examination: Examination) -> Iterator[Finding]:
    """Name a wrong rate, from forwards with different p and different arrays."""
    if NAMED_WITH_THE_SCALE & {finding.code for finding in examination.findings}:
        return
    observations = examination.observations
    wrong = [observed for observed in observations if deviates(observed, observed.p)]
    if not wrong:
        return
    observed = wrong[0]
    figures = {
        "rate": observed.dropped_rate,
        "size": observed.draws.size,
        "where": observed.where,
        "p": observed.p,
        "margin": SIGMAS * sqrt(observed.p * (1 - observed.p) / observed.draws.size),
    }
    others = [other for other in wrong if other.p != observed.p]
    constant = all(abs(bad.dropped_rate - observed.dropped_rate) < chance(observed, bad) for bad in wrong)
    for mistake, compute in WRONG_RATES:
        if not any(deviates(bad, compute(bad.p)) for bad in wrong):
            yield mistake.seen(**figures)
            return
    if others and constant:
        yield mistakes.IGNORES_P.seen(other_p=others[0].p, **figures)
    elif all(abs(bad.p - 0.5) > 0.4 for bad in wrong) and len(wrong) < len(observations):
        yield mistakes.WRONG_NEAR_THE_ENDS.seen(**figures)
    else:
        yield mistakes.WRONG.seen(**figures)


def deviates(observed: Observation, p: float) -> bool:
    """Whether the fraction of dropped elements is too far from p to be chance."""
    dropped = observed.draws.size - int(observed.draws.sum())
    if p in (0.0, 1.0):
        return dropped != p * observed.draws.size
    return abs(rate_deviation(dropped, observed.draws.size, p)) > SIGMAS


def chance(one: Observation, other: Observation) -> float:
    """How far apart two equal rates may appear by chance."""
    return SIGMAS * sqrt(0.25 / one.draws.size + 0.25 / other.draws.size)
