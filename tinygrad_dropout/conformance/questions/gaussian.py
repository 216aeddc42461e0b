"""Gaussian dropout: factors from a normal distribution with mean 1 and variance p/(1 - p), one for each element."""

from __future__ import annotations

from collections.abc import Iterator
from math import erf, sqrt

import numpy as np

from tinygrad_dropout.conformance.examination import Examination
from tinygrad_dropout.conformance.statistics import SIGMAS
from tinygrad_dropout.mistakes import Finding, Mistake
from tinygrad_dropout.mistakes.dropout import noise as mistakes


def examine_noise(examination: Examination) -> Iterator[Finding]:
    """The mean, variance and shape of the factors' distribution."""
    for observed in examination.observations:
        factors = observed.factors.astype(np.float64).ravel()
        variance, size = observed.p / (1 - observed.p), factors.size
        figures = {"where": observed.where, "right": variance}
        mean, seen = float(factors.mean()), float(factors.var())
        if abs(mean - 1) > SIGMAS * sqrt(seen / size):
            yield mistakes.MEAN.seen(mean=mean, **figures)
            return
        if abs(seen / variance - 1) > SIGMAS * sqrt(2 / size):
            yield name_variance(observed.p, seen, size).seen(variance=seen, root=sqrt(variance), **figures)
            return
        for sigmas in (0.5, 1.0, 2.0):
            inside = float((np.abs(factors - 1) < sigmas * sqrt(variance)).mean())
            right = erf(sigmas / sqrt(2))
            if abs(inside - right) > SIGMAS * sqrt(right * (1 - right) / size):
                yield mistakes.NOT_NORMAL.seen(sigmas=sigmas, inside=inside, normal=right, **figures)
                return


def name_variance(p: float, seen: float, size: int) -> Mistake:
    """The mistake whose formula gives the observed variance."""
    formulas = (
        (mistakes.VARIANCE_IS_P, p),
        (mistakes.VARIANCE_SQUARED, (p / (1 - p)) ** 2),
        (mistakes.VARIANCE_INVERTED, (1 - p) / p),
        (mistakes.VARIANCE_OF_A_MASK, p * (1 - p)),
        (mistakes.VARIANCE_SQRT, sqrt(p / (1 - p))),
    )
    margin = SIGMAS * sqrt(2 / size)
    return next((mistake for mistake, value in formulas if abs(seen / value - 1) < margin), mistakes.VARIANCE)
