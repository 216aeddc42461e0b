"""Common guards of numbers against 0 and overflow: an answer may use any of these constants."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tinygrad_dropout.drills.grader.judge import KnownMistake

#: numbers that are added to a number that might be 0, or that are its minimum
SMALL = (1e-300, 1e-38, 1e-30, 1e-20, 1e-16, 1e-15, 1e-14, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5)
#: numbers at which an exponent is clipped
LIMITS = (10, 15, 20, 30, 36, 37, 40, 50, 80, 88, 100, 500, 700, 709)
#: numbers that are used instead of minus infinity
LOWEST = (-1e3, -1e4, -1e5, -1e9, -1e10, -1e12, -1e20, -1e30, -1e38, -1e100, -1e300, -1.7976931348623157e308)


def many(code: str, formulas: Iterable[Callable[..., Any]], *words: str) -> list[KnownMistake]:
    """The same mistake with each of several formulas.

    Args:
        code: the code of the mistake.
        formulas: the formulas that an answer may have computed.
        words: description, question and kind, as for `KnownMistake`.
    """
    description, question, kind = words
    return [KnownMistake(code, formula, description, question, kind) for formula in formulas]
