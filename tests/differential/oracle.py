"""What PyTorch would do if it guarded every saved number separately, and how large the gradients became.

PyTorch has one version for each storage, so it refuses if any part of it has changed. Here the saved tensors are
copied, and compared element by element with later changes: the finest check that is still correct.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.differential.agreement import size
from tests.differential.machines import numbers, run_theirs
from tests.differential.program import Instruction
from tests.differential.spellings import is_in_place, torch


@dataclass
class Saved:
    """A tensor that an instruction saved for backward."""

    place: int
    original: Any  # keeps the storage alive, so that its address means nothing else later
    copy: Any
    changes_before: int


@dataclass
class Replay:
    """A run of a program in PyTorch in which backward always gets the numbers of the forward."""

    tensors: list[Any] = field(default_factory=list)
    changes: list[tuple[int, frozenset[int]]] = field(default_factory=list)  # in place: storage and elements
    changed: set[int] = field(default_factory=set)  # the instructions for which the last backward read a changed number

    error: Exception | None = None  # for the last instruction

    def run(self, program: list[Instruction | None]) -> Replay:
        with warnings.catch_warnings(), torch.autograd.graph.saved_tensors_hooks(self.pack, self.unpack):
            warnings.simplefilter("ignore")
            for instruction in program:
                self.tensors.append(self.one(instruction) if instruction else None)
        return self

    def one(self, instruction: Instruction) -> Any:
        self.changed.clear()
        self.error = None
        operands = [self.tensors[place] for place in instruction.operands]
        if any(operand is None for operand in operands):
            return None
        try:
            result = run_theirs(instruction, operands)
        except Exception as error:  # as in the run that is replayed
            self.error = error
            return None
        if is_in_place(instruction.operation):
            self.changes.append(elements(operands[0]))
        return result if isinstance(result, torch.Tensor) else None

    def pack(self, tensor: Any) -> Saved:
        return Saved(len(self.tensors), tensor.detach(), tensor.detach().clone(), len(self.changes))

    def unpack(self, saved: Saved) -> Any:
        storage, saved_elements = elements(saved.original)
        for where, which in self.changes[saved.changes_before :]:
            if where == storage and which & saved_elements:
                self.changed.add(saved.place)
        return saved.copy


def elements(tensor: Any) -> tuple[int, frozenset[int]]:
    """The storage of a tensor, and which elements of it the tensor shows."""
    offsets = np.full(tuple(tensor.shape), tensor.storage_offset())
    for axis, stride in enumerate(tensor.stride()):
        offsets += (stride * np.arange(tensor.shape[axis])).reshape(-1, *[1] * (tensor.ndim - axis - 1))
    return tensor.untyped_storage().data_ptr(), frozenset(offsets.ravel().tolist())


def size_of_gradients(program: list[Instruction | None]) -> float:
    """The largest finite number that the last instruction, a backward, computed."""
    replay = Replay().run(program[:-1])
    last = program[-1]
    assert last is not None
    seen = [1.0]
    root = replay.tensors[last.operands[0]]
    for node in nodes_behind(root.grad_fn):
        node.register_hook(
            lambda found, given: seen.extend(size(numbers(g)) for g in (*found, *given) if g is not None)
        )
    replay.one(last)
    seen += [size(numbers(t.grad)) for t in replay.tensors if t is not None and t.is_leaf and t.grad is not None]
    return max(seen)


def nodes_behind(node: Any) -> Iterator[Any]:
    """Every node of PyTorch's graph behind this one, itself included."""
    seen, waiting = set(), [node]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            waiting += [parent for parent, _ in node.next_functions]
            yield node
