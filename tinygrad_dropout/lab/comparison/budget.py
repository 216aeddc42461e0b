"""Was the training long enough, or too long? What the test curves of an arm say about the number of epochs.

This is only reported. Choosing the number of epochs by the test curves would be choosing on the test set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tinygrad_dropout.lab.arrays import Numbers
from tinygrad_dropout.lab.comparison.measures import Measure, rounded, two_digits_of
from tinygrad_dropout.lab.intervals import half_width

MIN_CURVES = 2  # pairs needed to distinguish a change from chance
LAST_PART = 0.75  # a curve is still improving if it improved after about this share of the epochs
LONG_AGO = 0.5  # the best epoch is long ago if it lies before this share of the epochs


@dataclass(frozen=True)
class Curves:
    """An arm's test curves in one measure.

    Attributes:
        arm: its name in a sentence, such as "with dropout".
        measure: the measure.
        epochs: the measured epochs, ascending.
        values: the measured values, shape (pairs, measured epochs).
        smallest: the smallest change worth mentioning.
    """

    arm: str
    measure: Measure
    epochs: Sequence[int]
    values: Numbers
    smallest: float

    @property
    def gains(self) -> Numbers:
        """The values, negated if lower is better."""
        return self.values if self.measure.higher_is_better else -self.values

    @property
    def can_be_judged(self) -> bool:
        """Whether there are enough pairs and epochs for a statement."""
        return len(self.values) >= MIN_CURVES and len(self.epochs) >= 2

    def amount(self, changes: Numbers) -> str:
        """The mean change with its unit."""
        value = float(self.measure.scale * changes.mean())
        return self.measure.amount(rounded(value, 1 if self.measure.scale == 100 else two_digits_of(abs(value))))


def past_its_best(curves: Curves, advice: str = "try early stopping") -> str | None:
    """A sentence if the best epoch was long ago and the measure has clearly become worse since; else None.

    The loss of each pair is counted from the epoch at which the other pairs were best. The best of many epochs is
    partly best by chance, so curves that only jitter would often seem to have become worse.
    """
    if not curves.can_be_judged:
        return None
    gains, epochs = curves.gains, curves.epochs
    best = int(gains.mean(axis=0).argmax())
    best_of_others = (gains.sum(axis=0) - gains).argmax(axis=1)
    lost = gains[range(len(gains)), best_of_others] - gains[:, -1]
    if epochs[best] > LONG_AGO * epochs[-1] or not is_clear(lost, 2 * curves.smallest):
        return None
    return (
        f"{capitalized(curves.arm)}, {curves.measure.label} was best at epoch {epochs[best]} and got "
        f"{curves.amount(lost)} worse after that: {advice}."
    )


def still_improving(curves: Curves) -> str | None:
    """A sentence if the measure clearly improved in about the last quarter of the epochs; else None."""
    if not curves.can_be_judged:
        return None
    gains, epochs = curves.gains, curves.epochs
    earlier = min(range(len(epochs) - 1), key=lambda place: abs(epochs[place] - LAST_PART * epochs[-1]))
    moved = gains[:, -1] - gains[:, earlier]
    if not is_clear(moved, curves.smallest):
        return None
    return (
        f"{capitalized(curves.arm)}, {curves.measure.label} was still improving at the last epoch "
        f"(by {curves.amount(moved)} since epoch {epochs[earlier]}): try more epochs."
    )


def last_part(epochs: int) -> tuple[int, ...]:
    """The epochs to measure in order to see whether a network is still improving at the end.

    Args:
        epochs: the number of epochs; a single one shows nothing.
    """
    return (max(1, int(LAST_PART * epochs)), epochs) if epochs > 1 else (epochs,)


def may_change(improving: Sequence[str]) -> list[str]:
    """A sentence about the networks that were still improving at the end, if any.

    Args:
        improving: their descriptions, as parts of a sentence.
    """
    found = "; ".join(improving)
    return [f"Still improving at the end, so that longer training may change a verdict: {found}."] if found else []


def is_clear(changes: Numbers, smallest: float) -> bool:
    """Whether the mean of the pairs' changes is more than chance, and larger than the smallest worth mentioning."""
    mean = changes.mean()
    return bool(mean > smallest and mean > half_width(changes))


def capitalized(words: str) -> str:
    """The words with a capital first letter."""
    return words[:1].upper() + words[1:]
