"""Work out an entry of a step by the operation's rule, or by its local derivatives if it has no rule."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tinygrad_dropout.study.derivatives import Derivatives
from tinygrad_dropout.study.preview import number
from tinygrad_dropout.study.trace import Node, Pass
from tinygrad_dropout.study.worked.formula import Formula, Quantity
from tinygrad_dropout.study.worked.rules import RULES, SAVED, Entry, Saved, TooLong
from tinygrad_dropout.study.worked.total import Total

DIGITS = (4, 5, 6, 8, 10, 12, 17)
CLOSE = 5e-4  # relative tolerance for a result computed from the displayed numbers: half of its fourth digit
NOISE = 1e-9  # or this fraction of the magnitude of the numbers that cancel


@dataclass(frozen=True)
class Line:
    """One equation: `name = symbols = numbers = result`."""

    name: str
    symbols: str
    numbers: str
    result: str

    def parts(self) -> list[str]:
        """Return the parts between the equals signs, without those that repeat the part before."""
        parts = [self.name, self.symbols, self.numbers, self.result]
        return [part for index, part in enumerate(parts) if not index or part != parts[index - 1]]

    def __str__(self) -> str:
        return " = ".join(self.parts())


@dataclass(frozen=True)
class WorkedExample:
    """One entry, worked out.

    Attributes:
        lines: its equation, then the equations of the quantities in it that are computed themselves.
        remarks: say where the numbers come from.
        by_rule: whether the operation has a rule of its own. If not, the equation uses its local derivatives.
    """

    lines: tuple[Line, ...]
    remarks: tuple[str, ...]
    by_rule: bool


def explain(derivatives: Derivatives, step: int, position: int, entry: int) -> WorkedExample | None:
    """Work out one entry of a step's contribution to one parent.

    Args:
        derivatives: the pass's local derivatives.
        step: counted from 0.
        position: which parent.
        entry: a flat index into the parent.

    Returns:
        None if the operation has no rule and its local derivatives are not known.
    """
    recorded = derivatives.recorded
    ran = recorded.steps[step]
    contribution = ran.contributions[position]
    if contribution.value is None:
        return None
    result = float(contribution.value.reshape(-1)[entry])
    parent = recorded.nodes[contribution.parent]
    index = tuple(map(int, np.unravel_index(entry, parent.data.shape)))
    name = f"dL/d{parent.name}" + (f"[{', '.join(map(str, index))}]" if index else "")
    found = apply_rule(recorded, step, position, index, result, contribution.value.dtype)
    if found is not None:
        return write_out(name, found, result, by_rule=True)
    products = derivatives.sum(step, position, entry)
    if products is None:
        return None
    terms = [Quantity("upstream", term.upstream) * Quantity("local", term.local) for term in products.terms]
    remark = ""
    if products.local_line:
        remark = f"{products.upstream_line} of dL/d{recorded.nodes[ran.node].name} times {products.local_line}"
    elif products.upstream_line:
        remark = f"the sum over {products.upstream_line} of dL/d{recorded.nodes[ran.node].name}"
    return write_out(name, Total(terms), result, by_rule=False, remark=remark)


def apply_rule(
    recorded: Pass, step: int, position: int, index: tuple[int, ...], result: float, dtype: np.dtype
) -> Formula | None:
    """Apply the operation's rule; None if it has no rule, or if the rule does not give the step's actual result."""
    ran = recorded.steps[step]
    node = recorded.nodes[ran.node]
    rule = RULES.get(node.backward) if node.backward else None
    if rule is None:
        return None
    parents = tuple(recorded.nodes[parent] for parent in node.parents)
    try:
        found = rule(Entry(node, parents, ran.upstream, position, index))
    except TooLong:
        return None
    near = abs(found.value - result) <= 16 * float(np.finfo(dtype).eps) * found.magnitude
    return found if math.isfinite(found.value) and near else None


def write_out(name: str, shown: Formula, result: float, *, by_rule: bool, remark: str = "") -> WorkedExample:
    """Write out a formula's lines and the remarks about its quantities."""
    lines = [write_line(name, shown, result)]
    lines += [write_line(one.name, one.meaning, one.value) for one in every_quantity(shown) if one.meaning is not None]
    remarks = [*([remark] if remark else []), *shown.remarks()]
    return WorkedExample(tuple(dict.fromkeys(lines)), tuple(dict.fromkeys(remarks)), by_rule)


def write_line(name: str, shown: Formula, result: float) -> Line:
    """Write an equation, with enough digits for the numbers to give the result."""
    return Line(name, shown.symbols(), shown.numbers(digits_needed(shown, result)), number(result))


def digits_needed(shown: Formula, result: float) -> int:
    """Return how many digits the numbers need for a calculation with them to give the result.

    If everything else cancels, the result is only a rounding error and cannot be reached. Then the numbers give the
    formula's own value.
    """
    reached = result if math.isclose(shown.value, result, rel_tol=CLOSE) else shown.value
    for digits in DIGITS:
        if abs(shown.rounded(digits) - reached) <= CLOSE * abs(reached) + NOISE * shown.magnitude:
            return digits
    return DIGITS[0]


def every_quantity(shown: Formula) -> Iterator[Quantity]:
    """Yield the quantities of a formula, and the quantities in their meanings."""
    for quantity in shown.quantities():
        yield quantity
        if quantity.meaning is not None:
            yield from every_quantity(quantity.meaning)


def saved_values(recorded: Pass, node: Node) -> Saved:
    """Return the values saved for a node's backward, by name, in a form that a student can read."""
    own = getattr(node.forward, "__globals__", {}).get(f"{node.operation}_backward")  # node.backward may be a bug
    for backward in (node.backward, own):
        if present := SAVED.get(backward):
            return present(node, recorded.nodes[node.parents[0]])
    return node.saved
