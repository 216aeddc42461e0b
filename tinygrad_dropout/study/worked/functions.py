"""Functions of a formula: e^x and ln(x)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tinygrad_dropout.study.worked.formula import Formula


@dataclass(eq=False)
class Function(Formula):
    """A function of one formula, such as `ln`."""

    name: str
    calculate: Callable[[float], float]
    argument: Formula

    def __post_init__(self) -> None:
        self.value = self.calculated(self.argument.value)
        self.magnitude = max(abs(self.value), self.argument.magnitude)

    def parts(self) -> Sequence[Formula]:
        return (self.argument,)

    def symbols(self) -> str:
        return f"{self.name}({self.argument.symbols()})"

    def numbers(self, digits: int = 4) -> str:
        return f"{self.name}({self.argument.numbers(digits)})"

    def rounded(self, digits: int) -> float:
        return self.calculated(self.argument.rounded(digits))

    def calculated(self, argument: float) -> float:
        """Compute the function's value; NaN instead of an error."""
        try:
            return self.calculate(argument)
        except (ValueError, OverflowError):
            return math.nan


def exp(argument: Formula) -> Formula:
    """e to the power of a formula."""
    return Function("e^", math.exp, argument)


def ln(argument: Formula) -> Formula:
    """The natural logarithm of a formula."""
    return Function("ln", math.log, argument)
