"""Formulas that know their numbers: `upstream * (p - target) / 4` as symbols, as numbers, and as a value.

Quantities are named numbers; Python's operators combine them. What a formula shows can be checked with a calculator.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, Union

from tinygrad_dropout.study.preview import number

SUM, PRODUCT, POWER, ATOM = range(4)  # how tightly an expression holds together

Number: TypeAlias = Union["Formula", float]


class Formula:
    """A number and how it comes about.

    Attributes:
        value: the number.
        size: how large the numbers are that it is made of, which may cancel; rounding errors are measured by it.
        strength: SUM, PRODUCT, POWER or ATOM: what would have to stand in parentheses.
    """

    value: float
    size: float
    strength: int = ATOM

    def symbols(self) -> str:
        """The formula in names."""
        raise NotImplementedError

    def numbers(self, digits: int = 4) -> str:
        """The formula in numbers of so many digits."""
        raise NotImplementedError

    def rounded(self, digits: int) -> float:
        """What you get by calculating with the numbers that are displayed."""
        raise NotImplementedError

    def parts(self) -> Sequence[Formula]:
        """The formulas that this one combines."""
        return ()

    def quantities(self) -> Iterator[Quantity]:
        """The named numbers in it, from left to right."""
        for part in self.parts():
            yield from part.quantities()

    def remarks(self) -> Iterator[str]:
        """Where its numbers come from, in words."""
        for part in self.parts():
            yield from part.remarks()

    def __add__(self, other: Number) -> Formula:
        return Binary("+", self, formula(other))

    def __radd__(self, other: float) -> Formula:
        return Binary("+", formula(other), self)

    def __sub__(self, other: Number) -> Formula:
        return Binary("−", self, formula(other))

    def __rsub__(self, other: float) -> Formula:
        return Binary("−", formula(other), self)

    def __mul__(self, other: Number) -> Formula:
        return Binary("×", self, formula(other))

    def __rmul__(self, other: float) -> Formula:
        return Binary("×", formula(other), self)

    def __truediv__(self, other: Number) -> Formula:
        return Binary("/", self, formula(other))

    def __rtruediv__(self, other: float) -> Formula:
        return Binary("/", formula(other), self)

    def __pow__(self, other: Number) -> Formula:
        return Binary("^", self, formula(other))

    def __neg__(self) -> Formula:
        return Negative(self)


@dataclass(eq=False)
class Quantity(Formula):
    """A named number.

    Args:
        name: its symbol.
        value: the number.
        meaning: a formula that it is the result of, which is written on a line of its own; None if it is just given.
        remark: where it comes from, in words.
    """

    name: str
    value: float
    meaning: Formula | None = None
    remark: str = ""

    def __post_init__(self) -> None:
        self.value = float(self.value)
        self.size = abs(self.value) if self.meaning is None else max(abs(self.value), self.meaning.size)

    def symbols(self) -> str:
        return self.name

    def numbers(self, digits: int = 4) -> str:
        return number(self.value, digits)

    def rounded(self, digits: int) -> float:
        return float(f"{self.value:.{digits}g}")

    def quantities(self) -> Iterator[Quantity]:
        yield self

    def remarks(self) -> Iterator[str]:
        if self.remark:
            yield self.remark
        if self.meaning is not None:
            yield from self.meaning.remarks()


class Constant(Quantity):
    """A number of the rule itself, which is written out as it is."""

    def numbers(self, digits: int = 4) -> str:
        return self.name

    def rounded(self, digits: int) -> float:
        return self.value


def formula(value: Number) -> Formula:
    """A plain number as a formula that is called what it is."""
    return value if isinstance(value, Formula) else Constant(number(value, 10), value)


def divided(dividend: float, divisor: float) -> float:
    """A quotient; NaN instead of an error."""
    return dividend / divisor if divisor else math.nan


def raised(base: float, exponent: float) -> float:
    """A power; NaN instead of an error."""
    try:
        result = base**exponent
    except (OverflowError, ZeroDivisionError):
        return math.nan
    return result if isinstance(result, float) else math.nan


#: sign -> (strength, how to calculate it)
OPERATORS: dict[str, tuple[int, Callable[[float, float], float]]] = {
    "+": (SUM, lambda x, y: x + y),
    "−": (SUM, lambda x, y: x - y),
    "×": (PRODUCT, lambda x, y: x * y),
    "/": (PRODUCT, divided),
    "^": (POWER, raised),
}


@dataclass(eq=False)
class Binary(Formula):
    """Two formulas with an operator between them."""

    sign: str
    left: Formula
    right: Formula

    def __post_init__(self) -> None:
        self.strength, calculate = OPERATORS[self.sign]
        self.value = calculate(self.left.value, self.right.value)
        if self.sign in "+−":
            self.size = self.left.size + self.right.size
        elif self.sign == "×":
            self.size = self.left.size * self.right.size
        elif self.sign == "/":
            self.size = (
                abs(divided(self.left.size * (self.right.size or 1), self.right.value**2)) if self.left.size else 0.0
            )
        else:
            self.size = abs(self.value)

    def parts(self) -> Sequence[Formula]:
        return self.left, self.right

    def symbols(self) -> str:
        return self.written(*((part, part.symbols()) for part in self.parts()))

    def numbers(self, digits: int = 4) -> str:
        return self.written(*((part, part.numbers(digits)) for part in self.parts()))

    def rounded(self, digits: int) -> float:
        return OPERATORS[self.sign][1](self.left.rounded(digits), self.right.rounded(digits))

    def written(self, left: tuple[Formula, str], right: tuple[Formula, str]) -> str:
        """Both sides with the sign between them, in parentheses where they need them."""
        before = enclosed(left[1], left[0].strength < self.strength or (self.sign == "^" and not plain(left)))
        if self.sign == "^" and right[1] == "2":
            return f"{before}²"
        weaker = right[0].strength < self.strength or (self.sign in "−/^" and right[0].strength == self.strength)
        after = enclosed(right[1], weaker or (self.sign in "−^" and right[1].startswith("−")))
        if self.sign == "+":
            return added([before, after])
        return f"{before}{self.sign}{after}" if self.sign == "^" else f"{before} {self.sign} {after}"


def plain(written: tuple[Formula, str]) -> bool:
    """Whether a base can stand without parentheses: a name or a positive number."""
    return written[0].strength == ATOM and not written[1].startswith("−") and "e" not in written[1][1:]


def added(terms: Sequence[str]) -> str:
    """A sum; a term with a minus sign is subtracted."""
    signed = [f" − {term[1:]}" if term.startswith("−") else f" + {term}" for term in terms[1:]]
    return "".join([*terms[:1], *signed])


def enclosed(text: str, parentheses: bool) -> str:
    """The text, in parentheses if it needs them."""
    return f"({text})" if parentheses else text


@dataclass(eq=False)
class Negative(Formula):
    """A formula with a minus sign in front."""

    part: Formula

    def __post_init__(self) -> None:
        self.value, self.size, self.strength = -self.part.value, self.part.size, PRODUCT

    def parts(self) -> Sequence[Formula]:
        return (self.part,)

    def symbols(self) -> str:
        return self.written(self.part.symbols())

    def numbers(self, digits: int = 4) -> str:
        return self.written(self.part.numbers(digits))

    def rounded(self, digits: int) -> float:
        return -self.part.rounded(digits)

    def written(self, text: str) -> str:
        """The minus sign and the text."""
        return "−" + enclosed(text, self.part.strength < PRODUCT or text.startswith("−"))
