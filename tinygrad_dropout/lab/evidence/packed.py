"""Store a picture's numbers compactly as text: a byte for each, in base64."""

from __future__ import annotations

from base64 import b64decode, b64encode

import numpy as np

from tinygrad_dropout.lab.arrays import Numbers

STEPS = 127  # on each side of 0


def packed(values: Numbers, largest: float) -> str:
    """Numbers from -largest to largest, rounded to `STEPS` on each side of 0; values beyond are clipped.

    Args:
        values: an array of any shape; the text does not store the shape.
        largest: above 0.
    """
    steps = np.clip(np.rint(values * (STEPS / largest)), -STEPS, STEPS)
    return b64encode(steps.astype(np.int8).tobytes()).decode()


def unpacked(text: str, largest: float) -> Numbers:
    """Read the numbers that `packed` wrote, rounded; shape (numbers,).

    Raises:
        ValueError: the text is something else.
    """
    steps: Numbers = np.frombuffer(b64decode(text, validate=True), np.int8)
    return steps * (largest / STEPS)
