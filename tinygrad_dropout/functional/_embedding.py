"""Embedding: looking up rows of a table by index."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_floating
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Tensor, as_array
from tinygrad_dropout.errors import DtypeError, ShapeError


def embedding(indices: Any, weight: Any, padding_idx: int | None = None) -> Tensor:
    """The rows of `weight` at these indices: weight[indices].

    A Linear layer without a bias would give the same for one-hot inputs, but would multiply by all those zeros.

    Args:
        indices: integer Tensor or array of any shape, 0 ... num_embeddings - 1. No gradient flows to it.
        weight: the table, shape (num_embeddings, embedding_dim).
        padding_idx: a row that gets no gradient, for positions that only pad a sequence; counted from the end if
            negative.

    Returns:
        Tensor of shape (*indices.shape, embedding_dim).

    Raises:
        IndexError: an index that is not in the table. Negative indices never are, as in PyTorch.
        DtypeError: indices that are not integers.
        ShapeError: a weight that is not a matrix.
        ValueError: a padding_idx that the table does not have.
        TypeError: a padding_idx that is not a whole number.
    """
    weight = as_floating(weight)
    if weight.ndim != 2:
        raise ShapeError("embedding", f"expected a weight of shape (rows, columns), got shape {weight.shape}")
    indices = np.array(as_array(indices))  # a copy, so that refilling the caller's array changes nothing
    if indices.dtype.kind not in "iu":
        raise DtypeError("embedding", f"expected integer indices, got {indices.dtype}")
    rows = len(weight)
    if (outside := indices[(indices < 0) | (indices >= rows)]).size:
        raise IndexError(f"embedding: expected indices from 0 to {rows - 1}, got {outside[0]}")
    padding_idx = checked_padding_idx("embedding", padding_idx, rows)
    return record(weight.data[indices], (weight,), embedding_backward, saved=(indices, padding_idx))


def embedding_backward(grad: Array, weight: Tensor, indices: Array, padding_idx: int | None) -> tuple[Any, ...]:
    """dL/dweight[i] = the sum of grad over all positions whose index is i; 0 for padding_idx."""
    full = np.zeros(weight.shape, dtype=grad.dtype)
    np.add.at(full, indices, grad)
    if padding_idx is not None:
        full[padding_idx] = 0
    return (full,)


def checked_padding_idx(where: str, padding_idx: int | None, rows: int) -> int | None:
    """The padding index counted from the start, or None."""
    if padding_idx is None:
        return None
    if not isinstance(padding_idx, int | np.integer):
        raise TypeError(f"{where}: expected padding_idx to be a whole number, got {padding_idx!r:.60}")
    if not -rows <= padding_idx < rows:
        raise ValueError(f"{where}: expected padding_idx from {-rows} to {rows - 1}, got {padding_idx}")
    return padding_idx % rows
