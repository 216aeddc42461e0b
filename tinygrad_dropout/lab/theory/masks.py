"""All masks of n units: 2^n of them, each with its own probability."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import MAX_EMAX, Context, Decimal, localcontext
from typing import Any

import numpy as np

from tinygrad_dropout.functional._masks import Mask
from tinygrad_dropout.lab.arrays import Numbers
from tinygrad_dropout.lab.errors import OptionError
from tinygrad_dropout.lab.theory.options import as_whole_number

LARGEST_EXPONENT = 10**15  # 2^n is shown as a decimal up to here, because `Decimal` overflows not far above


def all_masks(units: int, first: int = 0, last: int | None = None) -> Mask:
    """The masks of some units, numbered in binary: bit j of a mask's number says whether unit j is kept.

    Args:
        units: the number of units.
        first, last: return only the masks with the numbers first to last - 1 (default: all).

    Returns:
        Boolean array of shape (masks, units), True where a unit is kept; by default all 2^units masks.
    """
    numbers = np.arange(first, 2**units if last is None else last)
    return np.asarray((numbers[:, None] >> np.arange(units)) & 1, np.bool_)


def probabilities(masks: Mask, p: float) -> Numbers:
    """The probability of each mask, p^dropped (1 - p)^kept.

    Args:
        masks: shape (masks, units), True where a unit is kept.
        p: the probability that a unit is dropped.

    Returns:
        float64 array of shape (masks,). Over all masks it sums to 1.
    """
    kept = masks.sum(axis=1)
    return np.asarray(p ** (masks.shape[1] - kept) * (1 - p) ** kept, np.float64)


def in_chunks(units: int, masks_at_once: int) -> Iterator[Mask]:
    """All 2^units masks, at most `masks_at_once` in each array, so that they need little memory."""
    masks = 2**units
    for first in range(0, masks, masks_at_once):
        yield all_masks(units, first, min(first + masks_at_once, masks))


def as_unit_count(option: str, units: Any, low: int, most: int, examples: int) -> int:
    """Convert an option's value to a number of units whose masks can all be enumerated.

    Args:
        option: the option that gave the units.
        units: the requested number.
        low, most: the smallest and the largest number allowed.
        examples: the number of examples that each subnetwork is run on.

    Raises:
        OptionError: the number is not allowed; for more than `most`, the message says what they would cost.
    """
    if isinstance(units, int) and units > most:
        raise OptionError(
            option,
            f"expected at most {most}, got {units}: {power_of_two(units)} masks, each run on {examples:,} examples, "
            f"would take {power_of_two(units - most)} times as long as the {power_of_two(most)} masks of {most}",
        )
    return as_whole_number(option, units, low, most)


def power_of_two(exponent: int) -> str:
    """2^exponent in words: `1,024` up to half a million, then `2^40 = 1.10 x 10^12`."""
    if exponent < 20:
        return f"{2**exponent:,}"
    if exponent > LARGEST_EXPONENT:
        return f"2^{exponent}"
    # Floats end at 10^308, and the whole number could fill the memory.
    with localcontext(Context(prec=50, Emax=MAX_EMAX)):
        mantissa, power = f"{Decimal(2) ** exponent:.2e}".split("e+")
    return f"2^{exponent} = {mantissa} x 10^{power}"
