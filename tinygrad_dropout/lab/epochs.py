"""Which epochs are followed by a measurement: many at the start, where the curves bend, and few later on."""

from __future__ import annotations

ALL_UP_TO = 25  # up to this many epochs, all are measured
POINTS = 20  # of more epochs, this many
FIRST = 5  # and these are always among them


def measured_epochs(epochs: int) -> tuple[int, ...]:
    """The epochs that are followed by a measurement, ascending: the first few, the last, and between them ever fewer.

    A measurement takes as long as an epoch of training, and a curve looks the same through 20 points as through 80.

    Args:
        epochs: how many are trained, at least 1.

    Returns:
        All of them if there are at most 25, else 20 of them.
    """
    if epochs <= ALL_UP_TO:
        return tuple(range(1, epochs + 1))
    steps = POINTS - FIRST
    distant = (FIRST + (epochs - FIRST) * step**2 // steps**2 for step in range(1, steps + 1))
    # The parabola is flat at its start: no two points may fall on the same epoch.
    return (*range(1, FIRST + 1), *(max(FIRST + step, epoch) for step, epoch in enumerate(distant, 1)))
