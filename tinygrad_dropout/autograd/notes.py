"""Notes about Tensors. A note is deleted together with its Tensor.

`weakref.WeakKeyDictionary` would not do: it compares its keys by `==`, and a Tensor's `==` compares elements.
"""

from __future__ import annotations

from typing import Generic, TypeVar
from weakref import ref

from tinygrad_dropout.autograd.tensor import Tensor

Note = TypeVar("Note")


class TensorNotes(Generic[Note]):
    """A dict whose keys are Tensors, compared by identity and not kept alive."""

    def __init__(self) -> None:
        self._notes: dict[int, tuple[ref[Tensor], Note]] = {}

    def __setitem__(self, tensor: Tensor, note: Note) -> None:
        key, notes = id(tensor), self._notes
        notes[key] = ref(tensor, lambda _: notes.pop(key, None)), note

    def get(self, tensor: Tensor) -> Note | None:
        """Return the note about this tensor, or None."""
        found = self._notes.get(id(tensor))
        return found[1] if found else None
