"""How far from chance is it? Every answer is a number of standard deviations, which a right layer keeps below SIGMAS.

Six standard deviations are passed by chance once in 500 million; where the largest of many numbers is looked at, the
band is widened so that the whole question is as rarely answered wrong.
"""

from __future__ import annotations

from math import log, sqrt

import numpy as np

from tinygrad_dropout.conformance.guarded import Array

SIGMAS = 6.0
NEGLIGIBLE = 1e-9  # a chance that need not be thought of
FEWEST_PAIRS = 10  # of rare elements, to say anything about them
MODERATE = (0.15, 0.85)  # rates at which products of several elements are as good as normal


def sigma_threshold(questions: int) -> float:
    """The number of standard deviations that the largest of so many independent ones stays below."""
    return sqrt(SIGMAS**2 + 2 * log(questions))


def rate_deviation(count: int, total: int, p: float) -> float:
    """How far `count` hits in `total` trials are from the binomial's mean, hits having probability p."""
    return (count - total * p) / sqrt(total * p * (1 - p))


def count_deviations(counts: Array, total: int, p: float) -> Array:
    """How far counts of hits are from the binomial's mean, where few hits are expected, too.

    A binomial's long tail makes the plain number of standard deviations too large there, and Anscombe's transform
    (1948) makes it too large for the short one: of both, the smaller in size.
    """
    plain = (counts - total * p) / sqrt(total * p * (1 - p))
    root = 2 * sqrt(total + 0.5)
    transformed = root * (np.arcsin(np.sqrt((counts + 0.375) / (total + 0.75))) - np.arcsin(np.sqrt(p)))
    return np.asarray(np.where(np.abs(plain) < np.abs(transformed), plain, transformed))


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
    centered = one.ravel().astype(np.float32) - np.float32(one.mean())
    values = other.ravel().astype(np.float32) - np.float32(other.mean())
    scale = sqrt(float(centered @ centered) * float(values @ values))
    return float(centered @ values) / scale * sqrt(one.size) if scale else 0.0


def lag_deviations(kept: Array) -> Array:
    """How far the agreement of elements 0, 1, 2, ... places apart is from chance, in the order of memory, cyclically.

    All distances at once, by the Fourier transform of a stretch whose length is a power of 2. Where one of the two
    values is rare, the number of its pairs is a Poisson's rather than a normal's, and large ones are commoner: that is
    taken off (the first term of Cornish & Fisher's expansion). With too few pairs to say anything all are 0.
    """
    length = 1 << (kept.size.bit_length() - 1)
    stretch = kept.ravel()[:length]
    rate = float(stretch.mean())
    pairs = length * min(rate, 1 - rate) ** 2
    if pairs < FEWEST_PAIRS:
        return np.zeros(length // 2)
    spectrum = np.fft.rfft((stretch - rate).astype(np.float32))
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    agreement = np.fft.irfft(power, length)[: length // 2]
    deviations = agreement / agreement[0] * sqrt(length)
    excess = (np.square(deviations) - 1) / (6 * sqrt(pairs))
    near_chance = (deviations > 1) & (deviations < 2 * SIGMAS)
    return np.asarray(np.where(near_chance, deviations - excess, deviations))
