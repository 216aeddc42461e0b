"""From a step to its worked lines: by the operation's rule, or by its local derivatives if it has none."""

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
CLOSE = 5e-4  # how far from the result the displayed numbers may lead: half of its fourth digit
NOISE = 1e-9  # or so much of the numbers that cancel


@dataclass(frozen=True)
class Line:
    """One equation: `name = symbols = numbers = result`."""

    name: str
    symbols: str
    numbers: str
    result: str

    def parts(self) -> list[str]:
        """What stands between the equals signs; what would only repeat its neighbor is left out."""
        parts = [self.name, self.symbols, self.numbers, self.result]
        return [part for place, part in enumerate(parts) if not place or part != parts[place - 1]]

    def __str__(self) -> str:
        return " = ".join(self.parts())


@dataclass(frozen=True)
class Worked:
    """How one entry comes about.

    Attributes:
        lines: its equation, and those of the quantities in it that are results themselves.
        remarks: where the numbers come from, in words.
        by_rule: whether the operation has a rule of its own; if not, these are its local derivatives.
    """

    lines: tuple[Line, ...]
    remarks: tuple[str, ...]
    by_rule: bool


def explain(derivatives: Derivatives, step: int, position: int, entry: int) -> Worked | None:
    """Work out one entry of what a step gave to one parent.

    Args:
        derivatives: of the pass.
        step: counted from 0.
        position: which parent.
        entry: counted along the parent's rows.

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
    found = by_rule(recorded, step, position, index, result, contribution.value.dtype)
    if found is not None:
        return worked(name, found, result, by_rule=True)
    products = derivatives.sum(step, position, entry)
    if products is None:
        return None
    terms = [Quantity("upstream", term.upstream) * Quantity("local", term.local) for term in products.terms]
    remark = ""
    if products.local_place:
        remark = f"{products.upstream_place} of dL/d{recorded.nodes[ran.node].name} meets {products.local_place}"
    elif products.upstream_place:
        remark = f"the sum over {products.upstream_place} of dL/d{recorded.nodes[ran.node].name}"
    return worked(name, Total(terms), result, by_rule=False, remark=remark)


def by_rule(
    recorded: Pass, step: int, position: int, index: tuple[int, ...], result: float, dtype: np.dtype
) -> Formula | None:
    """The formula of the operation's rule; None if it has none, or if that does not give what the step really gave."""
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
    near = abs(found.value - result) <= 16 * float(np.finfo(dtype).eps) * found.size
    return found if math.isfinite(found.value) and near else None


def worked(name: str, shown: Formula, result: float, *, by_rule: bool, remark: str = "") -> Worked:
    """The formula's lines, and the remarks about its quantities."""
    lines = [line(name, shown, result)]
    lines += [line(one.name, one.meaning, one.value) for one in every_quantity(shown) if one.meaning is not None]
    remarks = [*([remark] if remark else []), *shown.remarks()]
    return Worked(tuple(dict.fromkeys(lines)), tuple(dict.fromkeys(remarks)), by_rule)


def line(name: str, shown: Formula, result: float) -> Line:
    """An equation, with as many digits as are needed for the numbers to lead to the result."""
    return Line(name, shown.symbols(), shown.numbers(digits_needed(shown, result)), number(result))


def digits_needed(shown: Formula, result: float) -> int:
    """How many digits the numbers must have so that calculating with them leads to the result.

    A result that is a rounding error, left over where all else cancels, is not reached: then the formula's own value
    is what they lead to.
    """
    reached = result if math.isclose(shown.value, result, rel_tol=CLOSE) else shown.value
    for digits in DIGITS:
        if abs(shown.rounded(digits) - reached) <= CLOSE * abs(reached) + NOISE * shown.size:
            return digits
    return DIGITS[0]


def every_quantity(shown: Formula) -> Iterator[Quantity]:
    """The quantities of a formula, and those that they are made of."""
    for quantity in shown.quantities():
        yield quantity
        if quantity.meaning is not None:
            yield from every_quantity(quantity.meaning)


def saved_values(recorded: Pass, node: Node) -> Saved:
    """What was saved for a node's backward, by name, as a student can read it."""
    right = getattr(node.forward, "__globals__", {}).get(f"{node.operation}_backward")  # a bug may stand in for it
    for backward in (node.backward, right):
        if present := SAVED.get(backward):
            return present(node, recorded.nodes[node.parents[0]])
    return node.saved
