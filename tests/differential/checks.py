"""The comparisons after each instruction."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.differential import oracle, rules
from tests.differential.agreement import coarsest, difference, differing, size
from tests.differential.machines import grad_of, numbers
from tests.differential.program import Instruction
from tests.differential.state import Slot, State
from tinygrad_dropout.autograd.in_place import memory_owner


def agree(state: State, what: str, ours: np.ndarray, theirs: np.ndarray, relative: float, scale: float) -> None:
    """Check that two arrays agree, or that a rule says why they can differ."""
    found = difference(ours, theirs, relative, scale)
    if found == "numbers":
        where = differing(ours, theirs, relative, scale)
        for rule in (
            found_rules := rules.numbers_may_differ(state.program, state.values(), ours[where], theirs[where])
        ):
            state.note(rule)
        if found_rules:
            state.end("numbers: of a value or gradient that is not finite")
    if found:
        state.disagree(f"{what}: {found}", ours, theirs)


def check_all(state: State) -> None:
    """Compare every value, flag and gradient."""
    for slot in state.known():
        if rule := rules.confused_view(slot):
            state.end(f"rule: {rule}")
    for slot in state.known():
        shown = numbers(slot.theirs)
        if slot.ours.data.tobytes() != shown.tobytes():
            agree(state, "a value", slot.ours.data, shown, 0.0, 0.0)
        check_flags(state, slot, "a value")
    check_grads(state, [None if slot is None else grad_of(slot.theirs) for slot in state.slots])


def check_flags(state: State, slot: Slot, what: str) -> None:
    """Compare requires_grad and is_leaf."""
    ours, theirs = slot.ours, slot.theirs
    if ours.requires_grad != theirs.requires_grad:
        state.disagree(f"requires_grad of {what}", ours.requires_grad, theirs.requires_grad)
    if ours.is_leaf != theirs.is_leaf:
        state.disagree(f"is_leaf of {what}", ours.is_leaf, theirs.is_leaf)


def check_grads(state: State, theirs: list[np.ndarray | None]) -> None:
    """Compare every .grad, and check that arrays read from .grad earlier have not changed."""
    pairs = [(place, slot.ours.grad, theirs[place]) for place, slot in enumerate(state.slots) if slot is not None]
    relative = coarsest(tensor.dtype for tensor in state.ours())
    scale = max((size(their) for _, _, their in pairs if their is not None), default=1.0)
    for place, our, their in pairs:
        if our is None and their is None:
            continue
        if our is None or their is None:
            state.disagree(f".grad of v{place}", our, their)
        if difference(our, their, relative, scale) == "numbers":
            scale = max(scale, oracle.size_of_gradients(state.program))  # large numbers may have canceled
        agree(state, f".grad of v{place}", our, their, relative, scale)
        if id(our) not in state.read:
            state.read[id(our)] = our, our.copy()
    for array, copy in state.read.values():
        if array.tobytes() != copy.tobytes():
            state.disagree("an array that was read from .grad has changed", array, copy)


def check_sharing(state: State, instruction: Instruction, slot: Slot, operands: list[Slot]) -> None:
    """Compare whether the result is a view of an operand, so that an in-place change of one changes the other."""
    for operand in operands:
        here = memory_owner(slot.ours.data) is memory_owner(operand.ours.data)
        there = storage(slot.theirs) == storage(operand.theirs)
        if here or there:
            slot.family = operand.family
        if here == there:
            continue
        state.apart.add(slot.family)
        if instruction.operation in rules.VIEW_OR_COPY:
            state.note("reshape gives a view or a copy, depending on the layout")
        else:
            state.disagree(f"whether {instruction.operation} gives a view", here, there)


def storage(tensor: Any) -> int:
    """The storage of PyTorch's numbers."""
    return tensor.untyped_storage().data_ptr()
