"""Checks of the arguments of operations and layers: numbers and lengths."""

from __future__ import annotations

from math import inf
from numbers import Real
from typing import Any

import numpy as np


def checked_number(where: str, name: str, value: Any, *, least: float = -inf, most: float = inf) -> float:
    """Return the value as a Python float, which leaves a float32 array float32. NumPy's float64 does not.

    Raises:
        TypeError: the value is not a number.
        ValueError: the value is below `least` or above `most`.
    """
    if not isinstance(value, Real):
        raise TypeError(f"{where}: expected {name} to be a number, got {value!r:.60}")
    number = float(value)
    if not least <= number <= most and (least, most) != (-inf, inf):  # without bounds, NaN is fine too
        wanted = f"at least {least}" if most == inf else f"between {least} and {most}"
        raise ValueError(f"{where}: expected {name} to be {wanted}, got {value!r}")
    return number


def checked_lengths(where: str, name: str, given: Any) -> tuple[int, ...]:
    """Return one length, or a sequence of lengths, as a tuple of ints.

    Raises:
        TypeError: a length is not a whole number.
        ValueError: a length is negative.
    """
    found = tuple(given) if isinstance(given, tuple | list) else (given,)
    if not all(isinstance(length, int | np.integer) for length in found):
        raise TypeError(f"{where}: expected {name} to be whole numbers, got {given!r:.60}")
    if any(length < 0 for length in found):
        raise ValueError(f"{where}: expected {name} to be at least 0, got {given!r}")
    return tuple(map(int, found))
