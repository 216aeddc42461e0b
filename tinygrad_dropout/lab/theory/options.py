"""How the theory experiments check their options: numbers of the right kind, within bounds."""

from __future__ import annotations

from operator import index
from typing import Any

from tinygrad_dropout.lab.errors import OptionError

LARGEST_SEED = 2**32


def as_whole_number(name: str, value: Any, low: int, high: int) -> int:
    """Convert an option's value to a whole number from low to high, both allowed.

    Args:
        name: the option.
        value: what was given for it.

    Raises:
        OptionError: the value is not a whole number, or is out of range.
    """
    try:
        number = index(value)
    except TypeError:
        raise OptionError(name, f"expected a whole number, got {value!r}") from None
    if not low <= number <= high:
        raise OptionError(name, f"expected a number from {low:,} to {high:,}, got {number}")
    return number


def as_dropout_rate(name: str, value: Any, *, above: bool, why: str) -> float:
    """Convert an option's value to a probability of dropping below 1.

    Args:
        name: the option.
        value: what was given for it.
        above: whether 0 is excluded too.
        why: for the message, why the excluded ends make no sense.

    Raises:
        OptionError: the value is not a number, or is out of range.
    """
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise OptionError(name, f"expected a number, got {value!r}") from None
    if not (0 < number < 1 or (number == 0 and not above)):
        low = "above 0" if above else "of at least 0"
        raise OptionError(name, f"expected a probability of dropping {low} and below 1 ({why}), got {number}")
    return number
