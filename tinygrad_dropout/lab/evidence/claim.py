"""A claim about what dropout does to a measure, and the verdict on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tinygrad_dropout.lab.comparison.measures import Measure
from tinygrad_dropout.lab.comparison.verdict import Difference

HOLDS, OPPOSITE, NOT_SHOWN, TOO_FEW = "holds", "opposite", "not shown", "too few pairs"
NO_INTERVAL = "no interval"  # the same change in every pair
HIGHER, LOWER = "higher", "lower"


@dataclass(frozen=True)
class Claim:
    """A claim about the effect of dropout on a measure.

    Attributes:
        sentence: the claim, without a capital letter or a period.
        measure: the measure; its `higher_is_better` is the claimed direction.
        disputed: whether people claim both directions; then the verdict is only a direction.
    """

    sentence: str
    measure: Measure
    disputed: bool = False

    def verdict(self, difference: Difference) -> str:
        """The verdict that follows from a difference."""
        if difference.verdict == "too few pairs":
            return TOO_FEW
        if difference.low is None and difference.mean != 0:
            return NO_INTERVAL
        if difference.verdict == "no effect shown":
            return NOT_SHOWN
        if self.disputed:
            return HIGHER if difference.mean > 0 else LOWER
        return HOLDS if difference.verdict == "helps" else OPPOSITE


Parts = Mapping[str, Mapping[str, Claim]]
"""The claims about a network, by the part that they are about ("" for the whole network) and the measure's name."""
