"""What the arms of a pair are measured by on the test rows, and how values and differences are written."""

from __future__ import annotations

import math
from dataclasses import dataclass

MOST_DIGITS = 6  # before the decimal point or after it; a number that needs more is written with an exponent


@dataclass(frozen=True)
class Measure:
    """A measure of how well a network does on the test rows.

    Attributes:
        name: in results and options.
        label: in sentences.
        unit: of a difference; "" where it is the target's own, or there is none.
        higher_is_better: False for a loss.
        scale: what a value is multiplied by to be shown: 100 where a fraction is shown in points.
        counts_rows: whether the value counts right answers, so that it moves in steps of one test row.
        whole: whether the value is a whole number of something else, so that it moves in steps of 1.
    """

    name: str
    label: str
    unit: str
    higher_is_better: bool
    scale: float = 1
    counts_rows: bool = False
    whole: bool = False

    def step(self, test_rows: int) -> float:
        """The steps in which it moves, in the shown unit: what one more right answer is worth; 0 if it has none.

        For balanced accuracy, which counts the rows of a rare class for more, it is that of classes of equal size.
        """
        if self.whole:
            return self.scale
        return self.scale / test_rows if self.counts_rows else 0.0

    def difference(self, value: str) -> str:
        """A difference in words: `+0.2 points of test accuracy`, `test RMSE -0.31`."""
        return f"{value} {self.unit} of {self.label}" if self.unit == POINTS else f"{self.label} {self.amount(value)}"

    def amount(self, value: str) -> str:
        """A value with its unit: `2.2 points`, `0.02 nats`, `31`."""
        return f"{value} {self.unit}".rstrip()


def rounded(value: float, decimals: int, *, sign: str = "") -> str:
    """A number to so many decimals: `1,234`, `0.030`; -0 is never shown, and large and tiny numbers have an exponent.

    Args:
        value: the number.
        decimals: where it is rounded. Below 0 only a number with an exponent is: -8 makes `1.3e+09` of 1,256,000,000.
        sign: "+" to write the sign of positive numbers and of 0 too.
    """
    if value and (decimals > MOST_DIGITS or abs(value) >= 10**MOST_DIGITS):
        return f"{value:{sign}.{max(0, math.floor(math.log10(abs(value))) + decimals)}e}"
    decimals = max(0, decimals)
    return f"{round(value, decimals) + 0.0:{sign},.{decimals}f}"


def two_digits_of(size: float) -> int:
    """To how many decimals a number of that size has two digits: 2 for 0.31, 0 for 45, -2 for 4,500."""
    return 1 - math.floor(math.log10(size)) if size else 1


POINTS = "points"

ACCURACY = Measure("accuracy", "test accuracy", POINTS, True, scale=100, counts_rows=True)
BALANCED_ACCURACY = Measure("balanced_accuracy", "balanced test accuracy", POINTS, True, scale=100, counts_rows=True)
LOG_LOSS = Measure("log_loss", "test log-loss", "nats", False)
RMSE = Measure("rmse", "test RMSE", "", False)
R_SQUARED = Measure("r_squared", "test R²", "", True)
