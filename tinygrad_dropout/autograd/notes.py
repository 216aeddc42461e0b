"""Notes about Tensors that vanish together with them.

`weakref.WeakKeyDictionary` compares its keys by `==`, which compares elements here.
"""

from __future__ import annotations

from typing import Generic, TypeVar
from weakref import ref

from tinygrad_dropout.autograd.tensor import Tensor

Note = TypeVar("Note")


class TensorNotes(Generic[Note]):
    """A dict from Tensors, by identity, that keeps none of them alive."""

    def __init__(self) -> None:
        self._notes: dict[int, tuple[ref[Tensor], Note]] = {}

    def __setitem__(self, tensor: Tensor, note: Note) -> None:
        key, notes = id(tensor), self._notes
        notes[key] = ref(tensor, lambda _: notes.pop(key, None)), note

    def get(self, tensor: Tensor) -> Note | None:
        """The note about this tensor, or None."""
        found = self._notes.get(id(tensor))
        return found[1] if found else None
