"""From pairs to a verdict: what the paired differences in a test measure show, and what they do not.

docs/intervals.md has the measurements behind the choice of the interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tinygrad_dropout.lab.comparison.measures import POINTS, Measure, rounded, two_digits_of
from tinygrad_dropout.lab.intervals import half_width, width_per_spread
from tinygrad_dropout.lab.text import counted

MIN_PAIRS = 3  # with two, the half-width is nine standard deviations, which shows nothing
COARSE = 1.0  # a test row worth more points than this is mentioned
MIN_ROWS = 20


@dataclass(frozen=True)
class Difference:
    """With dropout minus without: the mean over the pairs, its interval, and the verdict.

    Attributes:
        mean: the mean over the pairs, in the unit of the measure.
        low, high: the ends of the 95% interval for the mean over all random splits of this table. None if there is no
            interval: there are fewer than `MIN_PAIRS` pairs, or a measure without steps differs by the same amount
            in all of them.
        pairs: the number of pairs.
        test_rows: the number of rows in the test part of each split.
        measure: the measure.
        looks: the number of such differences examined together; the interval is widened so that all of them hold.
    """

    mean: float
    low: float | None
    high: float | None
    pairs: int
    test_rows: int
    measure: Measure
    looks: int = 1

    @property
    def interval(self) -> dict[str, float | None]:
        """The mean and the ends of the interval, for JSON."""
        return {"mean": self.mean, "low": self.low, "high": self.high}

    @property
    def half_width(self) -> float | None:
        """Half the width of the interval; None without an interval."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2

    @property
    def verdict(self) -> str:
        """`helps`, `hurts`, `too few pairs`, or `no effect shown` if the interval contains 0 or is missing."""
        if self.pairs < MIN_PAIRS:
            return "too few pairs"
        if self.low is None or self.high is None or self.low <= 0 <= self.high:
            return "no effect shown"
        return "helps" if (self.low > 0) == self.measure.higher_is_better else "hurts"

    @property
    def caution(self) -> str:
        """A sentence about what these pairs cannot show; "" if there is nothing to say.

        If no effect is shown, it says how large a difference these pairs can show, how many pairs would be needed to
        show half of that, and what a test row is worth if that is more than `COARSE` points. If an effect is shown on
        fewer than `MIN_ROWS` test rows, it says that the verdict is only about the mean over pairs.
        """
        step = self.measure.step(self.test_rows)
        row = self.measure.amount(f"{step:.1f}")
        if self.verdict in ("helps", "hurts"):
            if self.test_rows >= MIN_ROWS:
                return ""
            each = f" of {row} each" if step else ""
            return (
                f"The test set has only {counted(self.test_rows, 'row')}{each}: "
                "the verdict is about the mean over many pairs; a single pair shows nothing."
            )
        if self.half_width is None:
            return ""
        coarse = f"One test row of {self.test_rows:,} is worth {row}. " if step > COARSE else ""
        least = self.measure.amount(rounded(self.half_width, self._decimals()))
        return (
            f"{coarse}{self.pairs:,} pairs can show a difference of about {least} or more; to show half of that takes "
            f"about {self._pairs_for_half():,} pairs."
        )

    def __str__(self) -> str:
        decimals = self._decimals()
        mean = self.measure.difference(rounded(self.mean, decimals, sign="+"))
        if self.verdict == "too few pairs":
            over = counted(self.pairs, "pair")
            return f"Too few pairs for a verdict: {mean} on average over {over}; at least {MIN_PAIRS} are needed."
        if self.low is None or self.high is None:
            return f"No effect shown: {mean} in each of {self.pairs:,} pairs, so there is no interval."
        low, high = (rounded(end, decimals, sign="+") for end in (self.low, self.high))
        verdict = "No effect shown" if self.verdict == "no effect shown" else f"Dropout {self.verdict}"
        corrected = f", corrected for {self.looks} looks" if self.looks > 1 else ""
        return f"{verdict}: {mean} (95% interval {low} to {high}{corrected}, {self.pairs:,} pairs)."

    @property
    def brief(self) -> str:
        """The mean and its interval for a table: `+8.1 (+7.1 to +9.1)`."""
        decimals = self._decimals()
        mean = rounded(self.mean, decimals, sign="+")
        if self.low is None or self.high is None:
            return mean
        return f"{mean} ({rounded(self.low, decimals, sign='+')} to {rounded(self.high, decimals, sign='+')})"

    def _decimals(self) -> int:
        """One for points, else two digits of the half-width; more if an end of an effect would look like 0."""
        size = abs(self.mean) if self.half_width is None else self.half_width
        decimals = 1 if self.measure.unit == POINTS else two_digits_of(size)
        if self.verdict in ("helps", "hurts") and self.low is not None and self.high is not None:
            while round(min(abs(self.low), abs(self.high)), decimals) == 0:
                decimals += 1
        return decimals

    def _pairs_for_half(self) -> int:
        """The number of pairs that halves the interval, if they spread as these do."""
        pairs = np.arange(self.pairs, 4 * self.pairs + 1)  # four times as many are always enough
        wanted = width_per_spread(self.pairs, self.looks) / 2
        return int(pairs[np.argmax(width_per_spread(pairs, self.looks) <= wanted)])


def paired_difference(
    without: Sequence[float], with_dropout: Sequence[float], *, measure: Measure, test_rows: int, looks: int = 1
) -> Difference:
    """The mean paired difference and its interval, mean ± t(0.975, n - 1) · max(s, step / 2) / sqrt(n).

    This is Student's t interval, except that the standard deviation s of the n differences counts as at least half a
    step. A step is what one test row is worth. Half a step is the standard deviation if half of the differences lie on
    one count of right answers and half on the next. Without this, five ties would give an interval of width 0.

    Args:
        without: the values without dropout, one for each pair (accuracies as fractions).
        with_dropout: the values of the other arm, in the same order.
        measure: the measure of the values.
        test_rows: the number of rows that each value was measured on.
        looks: the number of such differences examined together.

    Returns:
        The difference in the measure's unit, without an interval for fewer than `MIN_PAIRS` pairs.

    Raises:
        ValueError: no pairs, arms of different lengths, a value that is not finite, or no test rows.
    """
    if len(without) != len(with_dropout) or len(without) < 1:
        raise ValueError(
            f"paired_difference: expected as many values for both arms, at least one, got {len(without)} without "
            f"dropout and {len(with_dropout)} with it"
        )
    if test_rows < 1:
        raise ValueError(f"paired_difference: expected at least one test row, got {test_rows}")
    differences = measure.scale * (np.asarray(with_dropout, float) - np.asarray(without, float))
    if not np.isfinite(differences).all():
        raise ValueError(f"paired_difference: expected finite values of {measure.label}, got differences {differences}")
    mean, step = float(differences.mean()), measure.step(test_rows)
    if len(differences) < MIN_PAIRS or (step == 0 and np.ptp(differences) == 0):
        return Difference(mean, None, None, len(differences), test_rows, measure, looks)
    reach = float(half_width(differences, step / 2, looks))
    return Difference(mean, mean - reach, mean + reach, len(differences), test_rows, measure, looks)


def hold_together(looks: int) -> str:
    """A sentence about intervals corrected for this many looks; docs/intervals.md has the measurements."""
    if looks == 1:
        return "The interval holds in about 95% of cases."
    return f"The intervals are corrected for {looks} looks: in about 95% of cases, all of them contain the true values."
