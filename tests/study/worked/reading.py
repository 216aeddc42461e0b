"""Read a worked line as a student with a calculator would, using only what is displayed."""

import math
import re

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout.study.derivatives import Derivatives
from tinygrad_dropout.study.trace import Pass
from tinygrad_dropout.study.worked import explain
from tinygrad_dropout.study.worked.lines import Line, WorkedExample


def calculate(shown: str) -> float:
    """Calculate the value of a displayed expression."""
    text = re.sub(r"\(\d+ more: ([^)]*)\)", r"(\1)", shown)
    for sign, python in {"−": "-", "×": "*", "²": "**2", "e^(": "exp(", "^": "**"}.items():
        text = text.replace(sign, python)
    return float(eval(text, {"exp": math.exp, "ln": math.log}))


def check(worked: WorkedExample, value: float, size: float = 1.0) -> None:
    """Check that every equation is true, and that the result of the first is the value."""
    for line in worked.lines:
        assert calculate(line.numbers) == close(calculate(line.result), size), str(line)
    assert calculate(worked.lines[0].result) == close(value, size), str(worked.lines[0])


class close:
    """Equal to four digits, or within the rounding error of numbers of that size."""

    def __init__(self, value: float, size: float) -> None:
        self.value, self.size = value, size

    def __eq__(self, other: object) -> bool:
        return isinstance(other, float) and math.isclose(other, self.value, rel_tol=1.2e-3, abs_tol=2e-9 * self.size)

    def __repr__(self) -> str:
        return f"about {self.value:g}"


def main(worked: WorkedExample) -> Line:
    """Return the equation of the entry itself."""
    return worked.lines[0]


def leaf(data, name: str = "x") -> td.Tensor:
    return td.Tensor(np.array(data, dtype=float), requires_grad=True, name=name)


def worked(recorded: Pass, operation: str, entry: int, position: int = 0) -> WorkedExample:
    """Work out an entry of the contribution of the only step with that operation."""
    (step,) = [n for n, one in enumerate(recorded.steps) if recorded.nodes[one.node].operation == operation]
    found = explain(Derivatives(recorded), step, position, entry)
    assert found is not None
    contribution = recorded.steps[step].contributions[position].value
    check(found, float(contribution.reshape(-1)[entry]))
    return found
