"""The measures on the test rows, and how their values and differences are written."""

from __future__ import annotations

import math
from dataclasses import dataclass

MAX_DIGITS = 6  # most digits on either side of the decimal point; longer numbers are written with an exponent


@dataclass(frozen=True)
class Measure:
    """A measure of how well a network does on the test rows.

    Attributes:
        name: its name in results and options.
        label: its name in sentences.
        unit: the unit of a difference; "" for the target's own unit, or none.
        higher_is_better: False for a loss.
        scale: the factor for showing a value: 100 for a fraction shown in points.
        counts_rows: whether the value counts right answers, so that it moves in steps of one test row.
        whole: whether the value counts something else, so that it moves in steps of 1.
    """

    name: str
    label: str
    unit: str
    higher_is_better: bool
    scale: float = 1
    counts_rows: bool = False
    whole: bool = False

    def step(self, test_rows: int) -> float:
        """The step in which values move, in the shown unit: what one more right answer is worth; 0 without steps.

        For balanced accuracy, where rows of a rare class count more, it is the step for classes of equal size.
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
    """Format a number with some decimals: `1,234`, `0.030`. -0 becomes 0; large and tiny numbers have an exponent.

    Args:
        value: the number.
        decimals: the digits after the decimal point. Negative values only matter for numbers with an exponent: -8 turns
            1,256,000,000 into `1.3e+09`.
        sign: "+" to write the sign of positive numbers and of 0, too.
    """
    if value and (decimals > MAX_DIGITS or abs(value) >= 10**MAX_DIGITS):
        return f"{value:{sign}.{max(0, math.floor(math.log10(abs(value))) + decimals)}e}"
    decimals = max(0, decimals)
    return f"{round(value, decimals) + 0.0:{sign},.{decimals}f}"


def two_digits_of(size: float) -> int:
    """The decimals that give a number of this size two digits: 2 for 0.31, 0 for 45, -2 for 4,500."""
    return 1 - math.floor(math.log10(size)) if size else 1


POINTS = "points"

ACCURACY = Measure("accuracy", "test accuracy", POINTS, True, scale=100, counts_rows=True)
BALANCED_ACCURACY = Measure("balanced_accuracy", "balanced test accuracy", POINTS, True, scale=100, counts_rows=True)
LOG_LOSS = Measure("log_loss", "test log-loss", "nats", False)
RMSE = Measure("rmse", "test RMSE", "", False)
R_SQUARED = Measure("r_squared", "test R²", "", True)
