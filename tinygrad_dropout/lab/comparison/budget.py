"""Was the training long enough, or too long? What the test curves of an arm say about the number of epochs.

The curves are only reported: no number of epochs is chosen by them, since that would be choosing on the test set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tinygrad_dropout.lab.arrays import Numbers
from tinygrad_dropout.lab.comparison.measures import Measure, rounded, two_digits_of
from tinygrad_dropout.lab.intervals import half_width

FEWEST_CURVES = 2  # whose curves can be told from chance
LAST_PART = 0.75  # a curve that still moves is one that moved after about this share of the epochs
LONG_AGO = 0.5  # a best epoch before this share of the epochs


@dataclass(frozen=True)
class Curves:
    """An arm's test curves in one measure.

    Attributes:
        arm: what it is called in a sentence, such as "with dropout".
        measure: which one.
        epochs: those that were measured, ascending.
        values: of the measure, shape (pairs, measured epochs).
        smallest: the least change that is worth a word.
    """

    arm: str
    measure: Measure
    epochs: Sequence[int]
    values: Numbers
    smallest: float

    @property
    def gains(self) -> Numbers:
        """The values, or their negatives where lower is better."""
        return self.values if self.measure.higher_is_better else -self.values

    @property
    def can_be_judged(self) -> bool:
        """Whether there are enough pairs and epochs."""
        return len(self.values) >= FEWEST_CURVES and len(self.epochs) >= 2

    def amount(self, changes: Numbers) -> str:
        """The mean change with its unit."""
        value = float(self.measure.scale * changes.mean())
        return self.measure.amount(rounded(value, 1 if self.measure.scale == 100 else two_digits_of(abs(value))))


def past_its_best(curves: Curves, advice: str = "try early stopping") -> str | None:
    """One sentence if the best epoch was long ago, and the measure has clearly become worse since; else None.

    What each pair has lost is counted from the epoch at which the others were best. The best of many epochs is partly
    best by chance, and curves that only jitter would often seem to have become worse since.
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
    """One sentence if the measure has clearly improved in about the last quarter of the epochs; else None."""
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
    """The epochs after which a network must be measured to see whether it is still improving at the end.

    Args:
        epochs: how many are trained; a single one shows nothing.
    """
    return (max(1, int(LAST_PART * epochs)), epochs) if epochs > 1 else (epochs,)


def may_change(improving: Sequence[str]) -> list[str]:
    """A sentence about the networks that were still improving at the end, if there are any.

    Args:
        improving: which, as parts of a sentence.
    """
    found = "; ".join(improving)
    return [f"Still improving at the end, so that longer training may change a verdict: {found}."] if found else []


def is_clear(changes: Numbers, smallest: float) -> bool:
    """Whether changes, one for each pair, are more than chance, and on average more than the smallest worth a word."""
    mean = changes.mean()
    return bool(mean > smallest and mean > half_width(changes))


def capitalized(words: str) -> str:
    """The words as they begin a sentence."""
    return words[:1].upper() + words[1:]
