"""Student's t interval of a mean."""

from __future__ import annotations

import numpy as np

from tinygrad_dropout.lab.arrays import Numbers

CONFIDENCE = 0.95


def half_width(values: Numbers, least_spread: float = 0, looks: int = 1) -> Numbers:
    """Half the width of the interval of a mean, t(0.975, n - 1) · s / sqrt(n) with s at least `least_spread`.

    Args:
        values: shape (n, ...), n at least 2.
        least_spread: with 0 it is Student's t interval.
        looks: how many such intervals are looked at together (see `width_per_spread`).

    Returns:
        Shape (...).
    """
    return np.asarray(np.maximum(values.std(axis=0, ddof=1), least_spread) * width_per_spread(len(values), looks))


def width_per_spread(pairs: Numbers | int, looks: int = 1) -> Numbers:
    """t(0.975, pairs - 1) / sqrt(pairs): the half-width of an interval whose pairs have standard deviation 1.

    With several looks the 5% that an interval may miss are shared among them, t(1 - 0.025 / looks, pairs - 1), so that
    in about 95% of cases, all of them contain their true values (Bonferroni's correction).
    """
    from scipy.special import stdtrit  # Student's t quantile; scipy.stats has it too, but takes a second to import

    return np.asarray(stdtrit(np.asarray(pairs) - 1, 1 - (1 - CONFIDENCE) / (2 * looks)) / np.sqrt(pairs))
