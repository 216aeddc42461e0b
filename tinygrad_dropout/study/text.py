"""A recorded pass as text for the terminal, with the same steps as the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

import numpy as np

from tinygrad_dropout.autograd.tensor import Array
from tinygrad_dropout.study.bugs import Bug
from tinygrad_dropout.study.derivatives import Derivatives
from tinygrad_dropout.study.preview import ArrayPreview, axes_in_words, number, shape_text
from tinygrad_dropout.study.trace import Contribution, Node, Pass, dead, dropped, is_result, scale
from tinygrad_dropout.study.worked import WorkedExample, explain, saved_values
from tinygrad_dropout.study.wrong_run import Difference, describe_difference, first_difference

DROPPED, DEAD = "·", "○"
LEGEND = f"{DROPPED} dropped   {DEAD} ReLU off   both are 0"
WIDTH = 120


def as_text(recorded: Pass) -> str:
    """Return the whole pass as text."""
    derivatives = Derivatives(recorded)
    lines = list(heading(recorded))
    for index in range(len(recorded.steps)):
        lines += ["", *step_as_lines(derivatives, index)]
    return "\n".join([*lines, "", LEGEND])


def heading(recorded: Pass) -> Iterator[str]:
    """Yield the lines that say what was recorded."""
    root = recorded.nodes[recorded.root]
    value = f" = {number(root.data.item())}" if root.data.size == 1 else f" ({shape_text(root.data.shape)})"
    yield (
        f"backward pass from {root.name}{value}, {recorded.label}: "
        f"{len(recorded.steps)} steps, {len(recorded.nodes)} tensors"
    )
    if called := recorded.source_line:
        yield f"called at {short(called.file)}:{called.line}  {called.code}".rstrip()


def step_as_lines(derivatives: Derivatives, index: int, difference: Difference | None = None) -> Iterator[str]:
    """Yield the lines of one step. If it is compared with another run, its example is the entry that differs."""
    recorded = derivatives.recorded
    step = recorded.steps[index]
    node = recorded.nodes[step.node]
    inputs = ", ".join(recorded.nodes[parent].name for parent in node.parents)
    yield f"step {index + 1} of {len(recorded.steps)}   {node.name} = {node.operation}({inputs})"
    if node.source_line:
        where = f"  in {node.source_line.module}" if node.source_line.module else ""
        yield f"  line       {short(node.source_line.file)}:{node.source_line.line}  {node.source_line.code}{where}"
    yield f"  rule       {node.rule or 'its backward function has no docstring'}"
    if source := source_of(node):
        yield f"  source     {source}"
    for parent in dict.fromkeys(node.parents):
        yield from labeled("input", recorded.nodes[parent].name, recorded.nodes[parent].data, {})
    yield from labeled("forward", node.name, node.data, marks(node))
    if dropped(node) is not None:
        yield f"             kept units × {number(scale(node))}"
    for name, value in saved_values(recorded, node).items():
        if isinstance(value, np.ndarray):
            if not is_result(node, value):
                crossed = {DROPPED: ~value} if name == "mask" and value.dtype == bool else {}
                yield from labeled("saved", name, value, crossed)
        elif value is not None:
            yield f"  saved      {name} = {value!r}"
    yield from labeled("upstream", f"grad = dL/d{node.name}", step.upstream, {})
    if not step.contributions:
        yield "  gives      nothing: its backward function raised"
    for position in range(len(step.contributions)):
        differs = difference is not None and difference.position == position
        entry = difference.entry if difference and differs else None
        yield from contribution_as_lines(derivatives, index, position, entry)


def contribution_as_lines(derivatives: Derivatives, index: int, position: int, entry: int | None) -> Iterator[str]:
    """What a step gives to one parent, with one entry as an example: the largest if none is asked for."""
    recorded = derivatives.recorded
    contribution = recorded.steps[index].contributions[position]
    parent = recorded.nodes[contribution.parent]
    if contribution.value is None:
        why = "does not require a gradient" if not parent.requires_grad else "gets no gradient from this operation"
        yield f"  gives      {parent.name} {why}"
        return
    node = recorded.nodes[recorded.steps[index].node]
    through = marks(node) if contribution.value.shape == node.data.shape else {}
    used = f", as {node.arguments[position]}" if node.arguments and node.parents.count(contribution.parent) > 1 else ""
    yield from labeled("gives", f"dL/d{parent.name}{used}", contribution.value, through)
    if contribution.summed and contribution.returned is not None:
        yield (
            f"             summed over {axes_in_words(contribution.summed)}, along which {parent.name} was stretched: "
            f"{shape_text(contribution.returned.shape)} → {shape_text(parent.data.shape)}"
        )
    if contribution.value.size:
        entry = int(np.argmax(np.abs(contribution.value))) if entry is None else entry
        if found := explain(derivatives, index, position, entry):
            yield from worked_as_lines(found)
    again = any(later.parent == contribution.parent for later in recorded.steps[index].contributions[position + 1 :])
    yield f"             {accumulation(parent, contribution, entry or 0, again)}"


def worked_as_lines(found: WorkedExample) -> Iterator[str]:
    """Yield the equations and the remarks about them. An equation that is too long is broken before the numbers."""
    for index, line in enumerate(found.lines):
        start = " " * 13 + f"{'where ' if index else ''}{line.name}"
        rows = [start]
        fits = len(start) + len(str(line)) - len(line.name) <= WIDTH
        for side, part in enumerate(line.parts()[1:]):
            first, *others = re.split(r" (?=[+−] )", f"= {part}")  # a sum can be broken before each of its signs
            for piece in (first, *others):
                begins_line = piece is first and side == 1
                if not fits and (begins_line or len(rows[-1]) + 1 + len(piece) > WIDTH):
                    rows.append(" " * len(start) + "  " * (piece is not first))
                rows[-1] += f" {piece}"
        yield "\n".join(rows)
    if found.remarks:
        yield f"             ({'; '.join(found.remarks)})"


def accumulation(parent: Node, contribution: Contribution, entry: int, again: bool) -> str:
    """Describe how the parent's gradient accumulates: `grad: the first contribution; waiting for 1 more consumer`.

    `again` says that the same step gives the parent another contribution.
    """
    if contribution.before is None or contribution.value is None or contribution.after is None:
        first = f"grad: the {'first' if contribution.waiting or again else 'only'} contribution"
    elif contribution.value.size:
        before, added, after = (
            number(array.reshape(-1)[entry]) for array in (contribution.before, contribution.value, contribution.after)
        )
        earlier = " (.grad includes an earlier backward)" if parent.grad_before is not None else ""
        first = f"grad{ArrayPreview(parent.data).index(entry)}: {before} + {added} = {after}{earlier}"
    else:
        first = "grad: no elements"
    if not contribution.waiting:
        return first
    return f"{first}; waiting for {contribution.waiting} more consumer{'s' if contribution.waiting > 1 else ''}"


def marks(node: Node) -> dict[str, Array]:
    """Return sign -> bool ndarray, the entries of the node's data that the sign replaces; also in its gradients."""
    found = {}
    if (out := dropped(node)) is not None:
        found[DROPPED] = out
    if (off := dead(node)) is not None:
        found[DEAD] = off
    return found


def labeled(label: str, name: str, array: Array, marked: dict[str, Array]) -> Iterator[str]:
    """Yield the lines of an array: its label, name and shape, and its numbers below."""
    shown = ArrayPreview(array)
    facts = [] if shown.whole else [f"{key} {number(value)}" for key, value in shown.range.items()]
    facts += [f"shown: {shown.part}"] * (not shown.whole)
    head = f"  {label:<10} {name} ({shape_text(array.shape)})" if array.ndim else f"  {label:<10} {name}"
    if not array.ndim:
        yield f"{head} = {number(array)}"
        return
    yield ", ".join([head, *facts]) + ":"
    yield indent(table(shown, marked), " " * 15)


def table(shown: ArrayPreview, marked: dict[str, Array]) -> str:
    """Align the numbers in columns, with signs instead of the zeros of units that were dropped or are off."""
    if not shown.entries.size:
        return "no elements"
    cells = np.array([[number(value) for value in row] for row in shown.table], dtype=object)
    for sign, where in marked.items():
        zeros = shown.table == 0  # a wrong backward can let a gradient through
        cells[where.reshape(-1)[shown.entries] & zeros] = sign
    width = max(len(cell) for cell in cells.reshape(-1))
    return "\n".join(" ".join(f"{cell:>{width}}" for cell in row) for row in cells)


def source_of(node: Node) -> str:
    """Say where the backward function is: `elementwise.py:71, relu_backward`."""
    code = getattr(node.backward, "__code__", None)
    return f"{short(code.co_filename)}:{code.co_firstlineno}, {code.co_name}" if code else ""


def short(file: str) -> str:
    """Return a file's name without its folder."""
    return Path(file).name


def compare_as_text(reference: Pass, wrong: Pass, bug: Bug) -> str:
    """Return two passes as text, at the first step where they differ."""
    difference = first_difference(reference, wrong)
    if difference is None:
        return f"{wrong.label} ({bug.description}): it changes nothing in this pass; try other inputs or another p"
    lines = [
        f"{wrong.label} ({bug.description})",
        f"the first step that differs is step {difference.step + 1}; {describe_difference(reference, difference)}",
    ]
    for name, recorded in (("without the bug", reference), ("with the bug", wrong)):
        if difference.step < len(recorded.steps):
            steps = step_as_lines(Derivatives(recorded), difference.step, difference)
            lines += ["", f"── {name} " + "─" * 40, *steps]
    return "\n".join([*lines, "", LEGEND])
