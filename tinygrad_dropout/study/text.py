"""A recorded pass as text for the terminal: the same steps as on the page, one under the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import indent
from typing import Any

import numpy as np

from tinygrad_dropout.study.bugs import first_difference
from tinygrad_dropout.study.derivatives import Derivatives, Sum
from tinygrad_dropout.study.recorded import Contribution, Pass, Value, dead, dropped, is_result, scale
from tinygrad_dropout.study.shown import Shown, number, sizes
from tinygrad_dropout.tensor import Array

DROPPED, DEAD, NOT_YET = "×", "○", "░"
LEGEND = f"{DROPPED} dropped   {DEAD} ReLU off   {NOT_YET} not computed yet"
MOST_TERMS = 6


def as_text(recorded: Pass) -> str:
    """The whole pass."""
    derivatives = Derivatives(recorded)
    lines = list(heading(recorded))
    for index in range(len(recorded.steps)):
        lines += ["", *step_as_lines(derivatives, index)]
    return "\n".join([*lines, "", LEGEND])


def heading(recorded: Pass) -> Iterator[str]:
    """What was recorded."""
    root = recorded.values[recorded.root]
    value = f" = {number(root.data.item())}" if root.data.size == 1 else f" ({sizes(root.data.shape)})"
    yield (
        f"backward pass from {root.name}{value}, {recorded.label}: "
        f"{len(recorded.steps)} steps, {len(recorded.values)} tensors"
    )
    if recorded.place:
        yield f"called at {short(recorded.place.file)}:{recorded.place.line}  {recorded.place.code}".rstrip()


def step_as_lines(derivatives: Derivatives, index: int) -> Iterator[str]:
    """One step."""
    recorded = derivatives.recorded
    step = recorded.steps[index]
    node = recorded.values[step.value]
    inputs = ", ".join(recorded.values[parent].name for parent in node.parents)
    yield f"step {index + 1} of {len(recorded.steps)}   {node.name} = {node.operation}({inputs})"
    if node.place:
        where = f"  in {node.place.module}" if node.place.module else ""
        yield f"  line       {short(node.place.file)}:{node.place.line}  {node.place.code}{where}"
    yield f"  rule       {node.rule or 'its backward function has no docstring'}"
    if source := source_of(node):
        yield f"  source     {source}"
    yield from labelled("forward", node.name, node.data, marks(node))
    for name, value in node.saved.items():
        if isinstance(value, np.ndarray):
            if not is_result(node, name):
                yield from labelled("saved", name, value, {DROPPED: ~value} if name == "mask" else {})
        elif value is not None:
            yield f"  saved      {name} = {value!r}"
    if dropped(node) is not None:
        yield f"             kept units × {number(scale(node))}, forward and backward"
    yield from labelled("upstream", f"dL/d{node.name}", step.upstream, {})
    if not step.contributions:
        yield "  gives      nothing: its backward function raised"
    for position in range(len(step.contributions)):
        yield from contribution_as_lines(derivatives, index, position)


def contribution_as_lines(derivatives: Derivatives, index: int, position: int) -> Iterator[str]:
    """What a step gives to one parent."""
    recorded = derivatives.recorded
    contribution = recorded.steps[index].contributions[position]
    parent = recorded.values[contribution.parent]
    if contribution.value is None:
        why = "asks for no gradient" if not parent.requires_grad else "gets none from this operation"
        yield f"  gives      {parent.name} {why}"
        return
    node = recorded.values[recorded.steps[index].value]
    through = marks(node) if contribution.value.shape == node.data.shape else {}
    yield from labelled("gives", f"dL/d{parent.name}", contribution.value, through)
    if contribution.summed and contribution.returned is not None:
        axes = ", ".join(map(str, contribution.summed))
        yield (
            f"             summed over axis {axes}, along which {parent.name} was stretched: "
            f"{sizes(contribution.returned.shape)} → {sizes(parent.data.shape)}"
        )
    entry = most_telling(contribution.value)
    if contribution.value.size and (found := derivatives.sum(index, position, entry)):
        at = Shown(contribution.value).index(entry)
        yield f"             dL/d{parent.name}{at} = {as_sum(found, contribution.value.reshape(-1)[entry])}"
        if found.local_place:
            yield f"             ({found.upstream_place} of dL/d{node.name} meets {found.local_place})"
    again = any(later.parent == contribution.parent for later in recorded.steps[index].contributions[position + 1 :])
    yield f"             {accumulated(parent, contribution, again)}"


def as_sum(found: Sum, total: Any) -> str:
    """`0.5 × 1.667 + 0.1 × 2 = 1.033`."""
    terms = sorted(found.terms, key=lambda term: -abs(term.product))
    written = [f"{number(term.upstream)} × {number(term.local)}" for term in terms[:MOST_TERMS]]
    if len(terms) > MOST_TERMS:
        written.append(f"… ({len(terms) - MOST_TERMS} more)")
    return f"{' + '.join(written) or '0'} = {number(total)}"


def accumulated(parent: Value, contribution: Contribution, again: bool) -> str:
    """`grad: nothing before; waiting for 1 more consumer`; `again` if the same step gives it more."""
    if contribution.before is None:
        first = "grad: nothing before" + ("" if contribution.waiting or again else ", so this is all")
    else:
        entry = most_telling(contribution.value)
        before, added, after = (
            number(array.reshape(-1)[entry])
            for array in (contribution.before, contribution.value, contribution.after)
            if array is not None
        )
        first = f"grad{Shown(parent.data).index(entry)}: {before} + {added} = {after}"
    if not contribution.waiting:
        return first
    return f"{first}; waiting for {contribution.waiting} more consumer{'s' if contribution.waiting > 1 else ''}"


def most_telling(array: Array | None) -> int:
    """The entry that is worth an example: the largest."""
    return int(np.argmax(np.abs(array))) if array is not None and array.size else 0


def marks(node: Value) -> dict[str, Array]:
    """Sign -> where it stands in the node's values, and in the gradients that go through it."""
    found = {}
    if (out := dropped(node)) is not None:
        found[DROPPED] = out
    if (off := dead(node)) is not None:
        found[DEAD] = off
    return found


def labelled(label: str, name: str, array: Array, marked: dict[str, Array]) -> Iterator[str]:
    """An array under its name: small ones beside it, larger ones below."""
    shown = Shown(array)
    facts = [] if shown.whole else [f"{key} {number(value)}" for key, value in shown.range.items()]
    facts += [f"here: {shown.part}"] * (not shown.whole)
    head = f"  {label:<10} {name} ({sizes(array.shape)})" if array.ndim else f"  {label:<10} {name}"
    if not array.ndim:
        yield f"{head} = {number(array)}"
        return
    yield ", ".join([head, *facts]) + ":"
    yield indent(table(shown, marked), " " * 15)


def table(shown: Shown, marked: dict[str, Array]) -> str:
    """The numbers in columns; a sign in place of a number that was dropped or is off."""
    if not shown.entries.size:
        return "no elements"
    cells = np.array([[number(value) for value in row] for row in shown.table], dtype=object)
    for sign, where in marked.items():
        cells[where.reshape(-1)[shown.entries] & (shown.table == 0)] = (
            sign  # a wrong backward may let something through
        )
    width = max(len(cell) for cell in cells.reshape(-1))
    return "\n".join(" ".join(f"{cell:>{width}}" for cell in row) for row in cells)


def source_of(node: Value) -> str:
    """`elementwise.py:71, relu_backward`: where the backward function stands."""
    code = getattr(node.backward, "__code__", None)
    return f"{short(code.co_filename)}:{code.co_firstlineno}, {code.co_name}" if code else ""


def short(file: str) -> str:
    """A file's name without its folder."""
    return Path(file).name


def compared(reference: Pass, wrong: Pass, says: str) -> str:
    """Two passes at the first step where they differ."""
    index = first_difference(reference, wrong)
    if index is None:
        return f"{wrong.label} ({says}): in this pass it changes nothing; try other inputs or another p"
    lines = [f"{wrong.label} ({says})", f"the first step that differs is step {index + 1}:"]
    for name, recorded in (("the right one", reference), ("with the bug", wrong)):
        if index < len(recorded.steps):
            lines += ["", f"── {name} " + "─" * 40, *step_as_lines(Derivatives(recorded), index)]
    return "\n".join(lines)
