"""Which epochs are followed by a measurement: most at the start, where the curves bend, fewer and fewer later."""

from __future__ import annotations

ALL_UP_TO = 25  # of so many epochs or fewer, all are measured;
MEASURED = 20  # of more epochs, so many,
FIRST = 5  # and always the first few


def measured_epochs(epochs: int) -> tuple[int, ...]:
    """The epochs that are followed by a measurement, ascending: the first five, the last, and ever fewer in between.

    A measurement takes as long as an epoch of training, and a curve through 20 points looks like one through 80.

    Args:
        epochs: how many are trained, at least 1.

    Returns:
        All of them if there are at most 25, else 20 of them.
    """
    if epochs <= ALL_UP_TO:
        return tuple(range(1, epochs + 1))
    steps = MEASURED - FIRST
    distant = (FIRST + (epochs - FIRST) * step**2 // steps**2 for step in range(1, steps + 1))
    # The parabola is flat at its start: no two points may fall on the same epoch.
    return (*range(1, FIRST + 1), *(max(FIRST + step, epoch) for step, epoch in enumerate(distant, 1)))
