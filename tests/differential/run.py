"""Run both frameworks in lockstep: after every instruction, everything visible must agree.

Numbers that agree within rounding are then made equal (ours become PyTorch's), so that rounding does not add up over a
program, and a comparison or a kink gets exactly the same numbers in both.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import numpy as np

from tests.differential import coverage, endings, oracle, rules
from tests.differential.agreement import ONE_OPERATION, eps, size
from tests.differential.checks import agree, check_all, check_flags, check_grads, check_sharing, storage
from tests.differential.machines import grad_of, numbers, run_ours, run_theirs
from tests.differential.program import Instruction
from tests.differential.spellings import is_in_place, torch
from tests.differential.state import Ended, Slot, State

LARGE = {np.dtype("float16"): 30.0}  # a larger value is not used again
TOO_LARGE = 1e3


class Run(State):
    """A running program."""

    def replay(self, program: Iterable[Instruction | None]) -> Run:
        """Run all of a program."""
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            for instruction in program:
                if not self.over:
                    self.step(instruction)
        return self

    def step(self, instruction: Instruction | None) -> int:
        """Run one instruction in both frameworks; return its place."""
        place = len(self.program)
        self.program.append(instruction)
        self.slots.append(None)
        operands = [self.slots[operand] for operand in instruction.operands] if instruction else [None]
        if instruction is not None and not any(operand is None for operand in operands):
            with suppress(Ended):
                self.run_both(place, instruction, operands)  # type: ignore[arg-type]
        return place

    def run_both(self, place: int, instruction: Instruction, operands: list[Slot]) -> None:
        """Run one instruction whose operands all exist."""
        if finding := endings.stops(instruction, operands):
            self.end(f"rule: {finding}")
        ours, our_error = attempt(run_ours, instruction, [slot.ours for slot in operands])
        theirs, their_error = attempt(run_theirs, instruction, [slot.theirs for slot in operands])
        self.tags |= coverage.tags(instruction, operands, our_error, their_error)
        for slot in operands:
            slot.uses += 1
        if instruction.operation == "backward":
            operands[0].walks += 1
            self.after_backward(instruction, our_error, their_error)
        elif our_error or their_error:
            self.after_error(instruction, operands, our_error, their_error)
        elif is_in_place(instruction.operation):
            self.after_change(operands, ours, theirs)
        elif isinstance(theirs, torch.Tensor) and not any(ours is slot.ours for slot in operands):
            self.slots[place] = self.new_slot(place, instruction, operands, ours, theirs)
        else:
            check_all(self)

    def new_slot(self, place: int, instruction: Instruction, operands: list[Slot], ours: Any, theirs: Any) -> Slot:
        """Compare and store the result of an operation."""
        shown = numbers(theirs)
        sizes = [size(slot.ours.data) for slot in operands]
        scale = float(np.prod(sizes[:2])) if instruction.operation in rules.PRODUCTS else max(sizes, default=1.0)
        what = f"the result of {instruction.operation}"
        agree(self, what, ours.data, shown, ONE_OPERATION * eps(shown.dtype), scale)
        synchronize(ours.data, shown)
        slot = Slot(ours, theirs, place, instruction.operation, large=is_large(shown))
        check_flags(self, slot, what)
        if theirs.grad_fn is not None:
            pairs = zip(instruction.operands, operands, strict=True)
            slot.parents = tuple(where for where, operand in pairs if operand.ours.requires_grad)
        if shown.size:
            check_sharing(self, instruction, slot, operands)
        return slot

    def after_change(self, operands: list[Slot], ours: Any, theirs: Any) -> None:
        """Check a change in place: exactly the values that share the memory have changed."""
        if ours is not operands[0].ours or theirs is not operands[0].theirs:
            self.disagree("what an in-place operator returns", ours, theirs)
        scale = max(size(operand.ours.data) for operand in operands)
        for slot in self.known():
            shown = numbers(slot.theirs)
            agree(
                self, "a value after a change in place", slot.ours.data, shown, ONE_OPERATION * eps(shown.dtype), scale
            )
        for slot in self.known():
            shown = numbers(slot.theirs)
            synchronize(slot.ours.data, shown)
            slot.large = is_large(shown)
            slot.changed |= storage(slot.theirs) == storage(theirs)
        check_all(self)

    def after_error(
        self, instruction: Instruction, operands: list[Slot], ours: Exception | None, theirs: Exception | None
    ) -> None:
        """Check an error outside backward: both raise it, or a rule says why only one does."""
        if ours is None or theirs is None:
            tensors = [slot.ours for slot in operands]
            rule = (
                rules.ours_may_refuse(instruction, tensors, ours) if ours else rules.theirs_may_refuse(tensors, theirs)
            )
            if rule is None:
                self.disagree(f"an error in {instruction.operation}", ours, theirs)
            self.note(rule)
            if is_in_place(instruction.operation):  # one of them has changed
                self.end(f"rule: {rule}")
        check_all(self)

    def after_backward(self, instruction: Instruction, ours: Exception | None, theirs: Exception | None) -> None:
        """Compare gradients or errors. An error ends the program, because the leaves reached before it can differ."""
        behind = self.behind(instruction.operands[0])
        if behind & self.freed:  # PyTorch notices only if a node there had saved a tensor
            if ours is None:
                self.disagree("a backward through a freed graph", ours, theirs)
            self.end("backward: through a freed graph" if theirs else "rule: every freed graph is an error")
        if theirs is not None and ours is None and rules.changed(theirs):
            self.check_without_versions(theirs)
        if (ours is None) != (theirs is None):
            rule = (
                rules.ours_reads_more(ours, self.program, self.values())
                if ours
                else rules.theirs_may_refuse(self.ours(), theirs)
            )
            if rule is None:
                self.disagree("an error in backward", ours, theirs)
            self.end(f"rule: {rule}")
        if theirs is not None:
            self.end("backward: of changed values" if rules.changed(theirs) else "backward: any other error")
        if not instruction.options["retain_graph"]:
            self.freed |= behind
        check_all(self)

    def check_without_versions(self, error: Exception | None) -> None:
        """PyTorch refuses. We can accept if backward reads no changed value and the gradients are right."""
        truth = oracle.Replay().run(self.program)
        if truth.error and (rule := rules.theirs_may_refuse(self.ours(), truth.error)):
            self.end(f"rule: {rule}")
        for place in truth.changed:
            instruction = self.program[place]
            assert instruction is not None
            operands = [self.slots[operand] for operand in instruction.operands]
            rule = rules.does_not_read_it(instruction, [slot.ours.dtype for slot in operands if slot])
            if rule is None:
                self.disagree(f"a changed value that backward of {instruction.operation} needs", None, error)
            self.note(rule)
        check_grads(self, [None if tensor is None else grad_of(tensor) for tensor in truth.tensors])
        self.end("backward: right, though PyTorch refuses" if truth.changed else f"rule: {rules.DISJOINT}")


def attempt(run: Any, instruction: Instruction, operands: list[Any]) -> tuple[Any, Exception | None]:
    """Return the result of an instruction, or the error that it raised."""
    try:
        return run(instruction, operands), None
    except Exception as error:  # of any type: only whether there is an error is compared
        return None, error


def is_large(array: np.ndarray) -> bool:
    """Whether a value is too large to be used again."""
    return size(array) > LARGE.get(array.dtype, TOO_LARGE)


def synchronize(ours: np.ndarray, theirs: np.ndarray) -> None:
    """Give our array PyTorch's numbers, which agree with ours within rounding."""
    if ours.dtype.kind == "f" and ours.flags.writeable and ours.tobytes() != theirs.tobytes():
        ours[...] = theirs
