"""The epochs to measure after: dense at the start, where the curves bend, and sparser later."""

from __future__ import annotations

ALL_UP_TO = 25  # up to this number of epochs, measure after all of them;
MEASURED = 20  # of more epochs, measure after this number,
FIRST = 5  # starting with the first few


def measured_epochs(epochs: int) -> tuple[int, ...]:
    """The epochs to measure after, ascending: the first five, the last, and fewer and fewer in between.

    A measurement takes as long as an epoch of training, and a curve through 20 points looks like one through 80.

    Args:
        epochs: the number of epochs trained, at least 1.

    Returns:
        All of them if there are at most 25, else 20 of them.
    """
    if epochs <= ALL_UP_TO:
        return tuple(range(1, epochs + 1))
    steps = MEASURED - FIRST
    distant = (FIRST + (epochs - FIRST) * step**2 // steps**2 for step in range(1, steps + 1))
    # The parabola is flat at its start, so two points could fall on the same epoch.
    return (*range(1, FIRST + 1), *(max(FIRST + step, epoch) for step, epoch in enumerate(distant, 1)))
