"""Formulas of numbers, computed by right and by wrong rules of differentiation."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.drills.grader.judge import KnownMistake
from tinygrad_dropout.drills.grader.result import Rejected, Rejection

#: operation -> (its value, its slope for each operand), of the operands' numbers
Rule = tuple[Callable[..., float], Callable[..., tuple[float, ...]]]
RULES: Mapping[str, Rule] = {
    "+": (lambda x, y: x + y, lambda x, y: (1.0, 1.0)),
    "-": (lambda x, y: x - y, lambda x, y: (1.0, -1.0)),
    "*": (lambda x, y: x * y, lambda x, y: (y, x)),
    "/": (lambda x, y: x / y, lambda x, y: (1 / y, -x / y**2)),
    "**": (lambda x, n: x**n, lambda x, n: (n * x ** (n - 1) if n else 0.0, 0.0)),
    "neg": (lambda x: -x, lambda x: (-1.0,)),
    "exp": (math.exp, lambda x: (math.exp(x),)),
    "tanh": (math.tanh, lambda x: (1 - math.tanh(x) ** 2,)),
}


class Number:
    """A number and its derivatives with respect to the inputs, computed by its own rules.

    Args:
        data: the number.
        slopes: the derivatives.
        rules: like `RULES`.
    """

    def __init__(self, data: float, slopes: npt.NDArray[Any], rules: Mapping[str, Rule]) -> None:
        self.data, self.slopes, self.rules = data, slopes, rules

    def by(self, operation: str, *operands: Any) -> Number:
        """The result of an operation."""
        numbers = [one if isinstance(one, Number) else Number(one, 0 * self.slopes, self.rules) for one in operands]
        value, slopes = self.rules[operation]
        given = [one.data for one in numbers]
        total = sum(slope * one.slopes for slope, one in zip(slopes(*given), numbers, strict=True))
        return Number(value(*given), np.asarray(total), self.rules)

    def __add__(self, other: Any) -> Number:
        return self.by("+", self, other)

    def __radd__(self, other: Any) -> Number:
        return self.by("+", other, self)

    def __sub__(self, other: Any) -> Number:
        return self.by("-", self, other)

    def __rsub__(self, other: Any) -> Number:
        return self.by("-", other, self)

    def __mul__(self, other: Any) -> Number:
        return self.by("*", self, other)

    def __rmul__(self, other: Any) -> Number:
        return self.by("*", other, self)

    def __truediv__(self, other: Any) -> Number:
        return self.by("/", self, other)

    def __rtruediv__(self, other: Any) -> Number:
        return self.by("/", other, self)

    def __pow__(self, exponent: float) -> Number:
        return self.by("**", self, exponent)

    def __neg__(self) -> Number:
        return self.by("neg", self)

    def exp(self) -> Number:
        """The exponential function of this number."""
        return self.by("exp", self)

    def tanh(self) -> Number:
        """Its hyperbolic tangent."""
        return self.by("tanh", self)


class Formula:
    """A formula, with numbers for its letters.

    Args:
        text: Python, with the letters x, y and z.
        numbers: their values.
    """

    def __init__(self, text: str, *numbers: float) -> None:
        self.text = text
        self.letters = sorted(set(re.findall(r"\b[xyz]\b", text)))
        self.numbers = dict(zip(self.letters, map(float, numbers), strict=False))

    def __repr__(self) -> str:
        return f"{self.text} with {', '.join(f'{letter} = {number:.5g}' for letter, number in self.numbers.items())}"

    @property
    def typed(self) -> str:
        """The formula as it would be typed: `Value(0) ** 0`; the letters stay where one occurs more than once."""
        values = {letter: f"Value({number:.5g})" for letter, number in self.numbers.items()}
        if len(re.findall(r"\b[xyz]\b", self.text)) > len(self.letters):
            return f"`{self.text}` with {', '.join(f'{letter} = {value}' for letter, value in values.items())}"
        typed = re.sub(r"\b[xyz]\b", lambda letter: values[letter[0]], self.text)
        return f"`{typed}`"

    def of(self, make: Callable[[float], Any]) -> tuple[Any, list[Any]]:
        """The result, and the inputs, as `make` makes them."""
        inputs = {letter: make(number) for letter, number in self.numbers.items()}
        return eval(self.text, {}, inputs), list(inputs.values())

    def by(self, rules: Mapping[str, Rule] = RULES) -> list[float]:
        """The result, and its derivative with respect to each input, by these rules."""
        unit = iter(np.eye(len(self.letters)))
        result, _ = self.of(lambda number: Number(number, next(unit), rules))
        return [result.data, *map(float, result.slopes)]


def derivatives(result: Any, inputs: list[Any]) -> list[float]:
    """The derivative of a learner's Value with respect to each of its inputs, from only parents and slopes.

    Raises:
        Rejected: there are not as many slopes as parents.
    """
    order: list[Any] = []
    seen: set[int] = set()

    def visit(value: Any) -> None:
        if id(value) in seen:
            return
        seen.add(id(value))
        parents, slopes = list(value.parents), list(value.slopes)
        if len(parents) != len(slopes):
            lengths = f"`parents` of length {len(parents)} and `slopes` of length {len(slopes)}"
            message = f"A Value has {lengths}; expected one slope for each parent."
            raise Rejected(Rejection("slopes-do-not-match", message, "Which slope belongs to which parent?"))
        for parent in parents:
            visit(parent)
        order.append(value)

    visit(result)
    total = dict.fromkeys(seen, 0.0)
    total[id(result)] = 1.0
    for value in reversed(order):
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            total[id(parent)] += slope * total[id(value)]
    return [total.get(id(one), 0.0) for one in inputs]


def mistake(code: str, operation: str, slopes: Callable[..., tuple[float, ...]], *words: str) -> KnownMistake:
    """The mistake of an operation with wrong slopes.

    Args:
        code: the code of the mistake.
        operation: a key of `RULES`.
        slopes: the wrong slopes for the operands.
        words: description, question and kind, as for `KnownMistake`.
    """
    rules = {**RULES, operation: (RULES[operation][0], slopes)}
    description, question, kind = words
    return KnownMistake(code, lambda formula: formula.by(rules)[1:], description, question, kind)
