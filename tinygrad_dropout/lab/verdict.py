"""From pairs to a verdict: what the paired differences in test accuracy show, and what they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tinygrad_dropout.lab.datasets.split import Numbers

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Difference:
    """With dropout minus without, in percentage points of test accuracy.

    Attributes:
        mean: over all pairs.
        low, high: the ends of the 95 % interval of that mean.
        pairs: how many pairs there are.
    """

    mean: float
    low: float
    high: float
    pairs: int

    @property
    def verdict(self) -> str:
        """`helps`, `hurts`, or `no effect shown` where the interval holds 0."""
        if self.low > 0:
            return "helps"
        return "hurts" if self.high < 0 else "no effect shown"

    def __str__(self) -> str:
        low, high = self.low, self.high
        digits = 2 if any(end != 0 and abs(end) < 0.05 for end in (low, high)) else 1  # what is not 0 must not look it
        mean = f"{in_points(self.mean, digits)} points of test accuracy"
        interval = f"95 % interval {in_points(low, digits)} to {in_points(high, digits)}"
        if self.verdict == "no effect shown":
            return f"No effect that {self.pairs} pairs can show: {mean} ({interval})."
        return f"Dropout {self.verdict}: {mean} ({interval}, {self.pairs} pairs)."


def in_points(value: float, digits: int) -> str:
    """A difference with its sign; a rounded zero is +0, never -0."""
    return f"{round(value, digits) + 0.0:+.{digits}f}"


def paired_difference(without: Sequence[float], with_dropout: Sequence[float]) -> Difference:
    """Mean paired difference and its Student t interval: mean ± t(0.975, n - 1) · s / sqrt(n).

    Args:
        without: test accuracies as fractions, one for each pair.
        with_dropout: the other arm's, in the same order.

    Returns:
        The difference in percentage points. Where all pairs differ by the same, the interval has no width.

    Raises:
        ValueError: fewer than two pairs, or arms of different lengths.
    """
    if len(without) != len(with_dropout) or len(without) < 2:
        raise ValueError(
            f"paired_difference: expected at least two pairs, got {len(without)} values without dropout "
            f"and {len(with_dropout)} with it"
        )
    points = 100 * (np.asarray(with_dropout, float) - np.asarray(without, float))
    points = points.round(9)  # 0.9 - 0.8 and 0.8 - 0.7 are the same difference, but not the same float
    mean = points.mean()
    reach = float(half_width(points))
    return Difference(float(mean), float(mean - reach), float(mean + reach), len(points))


def half_width(values: Numbers) -> Numbers:
    """Half the width of the Student t interval of a mean: t(0.975, n - 1) · s / sqrt(n).

    Args:
        values: shape (n, ...), n at least 2.

    Returns:
        Shape (...).
    """
    from scipy.special import stdtrit  # Student's t quantile; scipy.stats has it too, but takes a second to import

    quantile = stdtrit(len(values) - 1, (1 + CONFIDENCE) / 2)
    return np.asarray(quantile * values.std(axis=0, ddof=1) / np.sqrt(len(values)))
