"""How far from chance is it? Every answer is a number of standard deviations, which a right layer keeps below SIGMAS.

Six standard deviations are passed by chance once in 500 million; where the largest of many numbers is looked at, the
band is widened so that the whole question is as rarely answered wrong.
"""

from __future__ import annotations

from math import log, sqrt

import numpy as np

from tinygrad_dropout.conformance.subject import Array

SIGMAS = 6.0


def band(questions: int) -> float:
    """The number of standard deviations that the largest of so many independent ones stays below."""
    return sqrt(SIGMAS**2 + 2 * log(questions))


def rate_deviation(count: int, total: int, p: float) -> float:
    """How far `count` hits in `total` trials are from the binomial's mean, hits having probability p."""
    return (count - total * p) / sqrt(total * p * (1 - p))


def dispersion_deviation(counts: Array, total: int, p: float) -> float:
    """How far the spread of binomial counts is from what it should be: below 0 for too even, above for too uneven.

    The sum of squared deviations over the variance is chi-squared with as many degrees of freedom as there are
    counts, less one for the mean; its cube root is nearly normal (Wilson & Hilferty 1931).
    """
    freedom = len(counts) - 1
    chi_squared = float(np.square(counts - counts.mean()).sum()) / (total * p * (1 - p))
    shrink = 2 / (9 * freedom)
    return (float(np.cbrt(chi_squared / freedom)) - (1 - shrink)) / sqrt(shrink)


def correlation_deviation(one: Array, other: Array) -> float:
    """How far the correlation of two long arrays is from 0."""
    one, other = one.ravel() - one.mean(), other.ravel() - other.mean()
    scale = sqrt(float(one @ one) * float(other @ other))
    return float(one @ other) / scale * sqrt(one.size) if scale else 0.0


def lag_deviations(kept: Array) -> Array:
    """How far the agreement of elements 0, 1, 2, ... places apart is from chance, in the order of memory, cyclically.

    All distances at once, by the Fourier transform of a stretch whose length is a power of 2.
    """
    length = 1 << (kept.size.bit_length() - 1)
    centred = kept.ravel()[:length] - kept.ravel()[:length].mean()
    power = np.abs(np.fft.rfft(centred)) ** 2
    agreement = np.fft.irfft(power, length)[: length // 2]
    return np.asarray(agreement / agreement[0] * sqrt(length))
