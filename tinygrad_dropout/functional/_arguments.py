"""Checks of what an operation or a layer is told: its numbers and its lengths."""

from __future__ import annotations

from math import inf
from numbers import Real
from typing import Any

import numpy as np


def real_number(where: str, name: str, value: Any, *, least: float = -inf, most: float = inf) -> float:
    """The value as a Python float, which unlike NumPy's float64 widens no float32 array.

    Raises:
        TypeError: it is not a number.
        ValueError: it is outside `least` ... `most`.
    """
    if not isinstance(value, Real):
        raise TypeError(f"{where}: expected {name} to be a number, got {value!r:.60}")
    number = float(value)
    if not least <= number <= most and (least, most) != (-inf, inf):  # where anything goes, NaN does too
        wanted = f"at least {least}" if most == inf else f"between {least} and {most}"
        raise ValueError(f"{where}: expected {name} to be {wanted}, got {value!r}")
    return number


def lengths(where: str, name: str, given: Any) -> tuple[int, ...]:
    """A length, or a sequence of lengths, as a tuple of ints.

    Raises:
        TypeError: one of them is not a whole number.
        ValueError: one of them is negative.
    """
    found = tuple(given) if isinstance(given, tuple | list) else (given,)
    if not all(isinstance(length, int | np.integer) for length in found):
        raise TypeError(f"{where}: expected {name} to be whole numbers, got {given!r:.60}")
    if any(length < 0 for length in found):
        raise ValueError(f"{where}: expected {name} to be at least 0, got {given!r}")
    return tuple(map(int, found))
