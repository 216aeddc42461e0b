"""How far is a result from chance, in standard deviations? A correct layer stays below SIGMAS.

Chance exceeds six standard deviations once in 500 million times. If a question looks at the largest of many numbers,
the threshold is higher, so that the whole question is answered wrong just as rarely.
"""

from __future__ import annotations

from math import log, sqrt

import numpy as np

from tinygrad_dropout.conformance.guarded import Array

SIGMAS = 6.0
NEGLIGIBLE = 1e-9  # a probability that can be ignored
MIN_PAIRS = 10  # the smallest number of pairs of rare elements that says anything
MODERATE = (0.15, 0.85)  # rates at which sums of products of several elements are nearly normal


def sigma_threshold(questions: int) -> float:
    """The threshold, in standard deviations, for the largest of this many independent deviations."""
    return sqrt(SIGMAS**2 + 2 * log(questions))


def rate_deviation(count: int, total: int, p: float) -> float:
    """How far `count` hits in `total` trials are from the binomial mean, if each hit has probability p."""
    return (count - total * p) / sqrt(total * p * (1 - p))


def count_deviations(counts: Array, total: int, p: float) -> Array:
    """How far counts of hits are from the binomial mean, even if only few hits are expected.

    With few hits, the plain number of standard deviations is too large in the binomial's long tail, and Anscombe's
    transform (1948) is too large in the short tail. The result is the smaller of the two in absolute value.
    """
    plain = (counts - total * p) / sqrt(total * p * (1 - p))
    root = 2 * sqrt(total + 0.5)
    transformed = root * (np.arcsin(np.sqrt((counts + 0.375) / (total + 0.75))) - np.arcsin(np.sqrt(p)))
    return np.asarray(np.where(np.abs(plain) < np.abs(transformed), plain, transformed))


def dispersion_deviation(counts: Array, total: int, p: float) -> float:
    """How far the spread of binomial counts is from chance: negative if they are too even, positive if too uneven.

    The sum of squared deviations divided by the variance is chi-squared; its degrees of freedom are the number of
    counts minus one for the mean. Its cube root is nearly normal (Wilson & Hilferty 1931).
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
    """How far the agreement of elements 0, 1, 2, ... places apart is from chance, in memory order, cyclically.

    A Fourier transform of a block whose length is a power of 2 gives all distances together. If one of the two values
    is rare, the number of its pairs is closer to a Poisson distribution than to a normal one, so large numbers are more
    common; the first term of the Cornish-Fisher expansion corrects for that. All deviations are 0 if there are too few
    pairs to say anything.
    """
    length = 1 << (kept.size.bit_length() - 1)
    block = kept.ravel()[:length]
    rate = float(block.mean())
    pairs = length * min(rate, 1 - rate) ** 2
    if pairs < MIN_PAIRS:
        return np.zeros(length // 2)
    spectrum = np.fft.rfft((block - rate).astype(np.float32))
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    agreement = np.fft.irfft(power, length)[: length // 2]
    deviations = agreement / agreement[0] * sqrt(length)
    excess = (np.square(deviations) - 1) / (6 * sqrt(pairs))
    near_chance = (deviations > 1) & (deviations < 2 * SIGMAS)
    return np.asarray(np.where(near_chance, deviations - excess, deviations))
