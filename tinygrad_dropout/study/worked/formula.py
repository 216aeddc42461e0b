"""Formulas that know their numbers: `upstream * (p - target) / 4` as symbols, as numbers, and as a value.

Quantities are named numbers, and Python's operators combine them. You can check a displayed formula with a calculator.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, Union

from tinygrad_dropout.study.preview import number

SUM, PRODUCT, POWER, ATOM = range(4)  # precedence, from the loosest

Number: TypeAlias = Union["Formula", float]


class Formula:
    """A number and the calculation that gives it.

    Attributes:
        value: the number.
        magnitude: the size of its parts before any cancellation. Rounding errors are relative to it.
        precedence: SUM, PRODUCT, POWER or ATOM, which decides where parentheses are needed.
    """

    value: float
    magnitude: float
    precedence: int = ATOM

    def symbols(self) -> str:
        """Return the formula in symbols."""
        raise NotImplementedError

    def numbers(self, digits: int = 4) -> str:
        """Return the formula in numbers with this many significant digits."""
        raise NotImplementedError

    def rounded(self, digits: int) -> float:
        """Return the value that the displayed, rounded numbers give."""
        raise NotImplementedError

    def parts(self) -> Sequence[Formula]:
        """Return the formulas that this one combines."""
        return ()

    def quantities(self) -> Iterator[Quantity]:
        """Yield its named numbers, from left to right."""
        for part in self.parts():
            yield from part.quantities()

    def remarks(self) -> Iterator[str]:
        """Yield remarks that say where its numbers come from."""
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
        meaning: the formula that computes it, which is written on a line of its own; None if the number is given.
        remark: says where it comes from.
    """

    name: str
    value: float
    meaning: Formula | None = None
    remark: str = ""

    def __post_init__(self) -> None:
        self.value = float(self.value)
        self.magnitude = abs(self.value) if self.meaning is None else max(abs(self.value), self.meaning.magnitude)

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
    """A number in the rule itself, which is never rounded."""

    def numbers(self, digits: int = 4) -> str:
        return self.name

    def rounded(self, digits: int) -> float:
        return self.value


def formula(value: Number) -> Formula:
    """Turn a plain number into a formula named after its digits."""
    return value if isinstance(value, Formula) else Constant(number(value, 10), value)


def divide(dividend: float, divisor: float) -> float:
    """Divide; NaN instead of an error."""
    return dividend / divisor if divisor else math.nan


def raise_to_power(base: float, exponent: float) -> float:
    """Raise to a power; NaN instead of an error."""
    try:
        result = base**exponent
    except (OverflowError, ZeroDivisionError):
        return math.nan
    return result if isinstance(result, float) else math.nan


#: sign -> (precedence, how to calculate it)
OPERATORS: dict[str, tuple[int, Callable[[float, float], float]]] = {
    "+": (SUM, lambda x, y: x + y),
    "−": (SUM, lambda x, y: x - y),
    "×": (PRODUCT, lambda x, y: x * y),
    "/": (PRODUCT, divide),
    "^": (POWER, raise_to_power),
}


@dataclass(eq=False)
class Binary(Formula):
    """Two formulas with an operator between them."""

    sign: str
    left: Formula
    right: Formula

    def __post_init__(self) -> None:
        self.precedence, calculate = OPERATORS[self.sign]
        self.value = calculate(self.left.value, self.right.value)
        if self.sign in "+−":
            self.magnitude = self.left.magnitude + self.right.magnitude
        elif self.sign == "×":
            self.magnitude = self.left.magnitude * self.right.magnitude
        elif self.sign == "/":
            self.magnitude = (
                abs(divide(self.left.magnitude * (self.right.magnitude or 1), self.right.value**2))
                if self.left.magnitude
                else 0.0
            )
        else:
            self.magnitude = abs(self.value)

    def parts(self) -> Sequence[Formula]:
        return self.left, self.right

    def symbols(self) -> str:
        return self.written(*((part, part.symbols()) for part in self.parts()))

    def numbers(self, digits: int = 4) -> str:
        return self.written(*((part, part.numbers(digits)) for part in self.parts()))

    def rounded(self, digits: int) -> float:
        return OPERATORS[self.sign][1](self.left.rounded(digits), self.right.rounded(digits))

    def written(self, left: tuple[Formula, str], right: tuple[Formula, str]) -> str:
        """Write both sides with the sign between them, in parentheses where needed."""
        before = parenthesize_if(
            left[1], left[0].precedence < self.precedence or (self.sign == "^" and not stands_alone(left))
        )
        if self.sign == "^" and right[1] == "2":
            return f"{before}²"
        weaker = right[0].precedence < self.precedence or (
            self.sign in "−/^" and right[0].precedence == self.precedence
        )
        after = parenthesize_if(right[1], weaker or (self.sign in "−^" and right[1].startswith("−")))
        if self.sign == "+":
            return join_terms([before, after])
        return f"{before}{self.sign}{after}" if self.sign == "^" else f"{before} {self.sign} {after}"


def stands_alone(written: tuple[Formula, str]) -> bool:
    """Return whether the base of a power needs no parentheses: a name or a positive number."""
    return written[0].precedence == ATOM and not written[1].startswith("−") and "e" not in written[1][1:]


def join_terms(terms: Sequence[str]) -> str:
    """Write a sum. A term with a minus sign is subtracted."""
    signed = [f" − {term[1:]}" if term.startswith("−") else f" + {term}" for term in terms[1:]]
    return "".join([*terms[:1], *signed])


def parenthesize_if(text: str, parentheses: bool) -> str:
    """Put the text in parentheses if it needs them."""
    return f"({text})" if parentheses else text


@dataclass(eq=False)
class Negative(Formula):
    """A formula with a minus sign in front."""

    part: Formula

    def __post_init__(self) -> None:
        self.value, self.magnitude, self.precedence = -self.part.value, self.part.magnitude, PRODUCT

    def parts(self) -> Sequence[Formula]:
        return (self.part,)

    def symbols(self) -> str:
        return self.written(self.part.symbols())

    def numbers(self, digits: int = 4) -> str:
        return self.written(self.part.numbers(digits))

    def rounded(self, digits: int) -> float:
        return -self.part.rounded(digits)

    def written(self, text: str) -> str:
        """Write the minus sign and the text."""
        return "−" + parenthesize_if(text, self.part.precedence < PRODUCT or text.startswith("−"))
