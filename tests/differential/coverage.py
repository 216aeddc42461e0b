"""Which kinds of programs occurred, to show that none is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.differential.program import Instruction
from tests.differential.rules import PRODUCTS
from tests.differential.spellings import is_in_place


def tags(instruction: Instruction, operands: list[Any], ours: Exception | None, theirs: Exception | None) -> set[str]:
    """The tags to count for one instruction."""
    operation = instruction.operation
    if ours is None and theirs is None:
        return set(of_success(instruction, operands))
    if ours is None or theirs is None:
        return set()  # a rule will be counted
    found = {f"error: {operation}"}
    if operation in PRODUCTS:
        found.add("error: a product of misfits")
    if is_in_place(operation) and "leaf" in str(ours):
        found.add("error: in place on a leaf that requires gradients")
    return found


def of_success(instruction: Instruction, operands: list[Any]) -> Iterator[str]:
    """The tags to count for an instruction without an error."""
    operation, options = instruction.operation, instruction.options
    yield f"operation: {operation}"
    yield from (f"mode: {mode}" for mode in instruction.modes)
    if operation == "leaf":
        array = options["array"]
        yield f"dtype: {array.dtype}"
        yield f"layout: {options['layout']}"
        yield f"leaf: {array.ndim} axes"
        yield f"leaf: requires_grad={options['requires_grad']}"
        if array.size == 0:
            yield "leaf: empty"
        return
    if operation == "backward":
        yield f"backward: retain_graph={options['retain_graph']}"
        yield "backward: seed" if options["seed"] is not None else "backward: no seed"
        if operands[0].walks:
            yield "backward: a second one"
    elif any(slot.uses for slot in operands):
        yield "graph: a value is used again"
    if is_in_place(operation):
        yield f"in place: {kind_of_target(operands[0])}"
    if operation.endswith("recorded"):
        yield "in place: recorded"
    if "reduction" in options:
        yield f"reduction: {options['reduction']}"
    if len({id(slot) for slot in operands}) < len(operands):
        yield "graph: the same operand twice"
    if len({slot.ours.shape for slot in operands}) > 1:
        yield "shapes: broadcasting or others that differ"
    if len({slot.ours.dtype for slot in operands}) > 1:
        yield "dtypes: several in one operation"


def kind_of_target(slot: Any) -> str:
    """The kind of Tensor that is changed in place."""
    if slot.made_by == "leaf":
        return "a leaf that requires gradients, under no_grad" if slot.ours.requires_grad else "a leaf"
    if slot.made_by == "detach":
        return "through detach()"
    return "a view" if slot.theirs._is_view() else "a result"


def table(counts: Counter[str]) -> str:
    """The counts, in one paragraph per kind."""
    kinds: dict[str, list[str]] = {}
    for tag, count in sorted(counts.items()):
        kind, _, name = tag.partition(": ")
        kinds.setdefault(kind, []).append(f"{name} {count:,}")
    return "\n".join(f"{kind}: {'; '.join(names)}" for kind, names in kinds.items())
