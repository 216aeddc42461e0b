"""Embedding: looking up rows of a table by index."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_floating
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Tensor, as_array
from tinygrad_dropout.errors import DtypeError, ShapeError


def embedding(indices: Any, weight: Any, padding_idx: int | None = None) -> Tensor:
    """Look up rows of a table: weight[indices].

    A Linear layer without a bias gives the same for one-hot inputs, but multiplies by all their zeros.

    Args:
        indices: integer Tensor or array of any shape, 0 ... num_embeddings - 1. No gradient flows to it.
        weight: the table, shape (num_embeddings, embedding_dim).
        padding_idx: a row that gets no gradient, for positions that only pad a sequence. A negative one counts from
            the end.

    Returns:
        Tensor of shape (*indices.shape, embedding_dim).

    Raises:
        IndexError: an index is negative or not in the table.
        DtypeError: the indices are not integers.
        ShapeError: the weight is not a matrix.
        ValueError: the table has no row `padding_idx`.
        TypeError: padding_idx is not a whole number.
    """
    weight = as_floating(weight)
    if weight.ndim != 2:
        raise ShapeError("embedding", f"expected a weight of shape (rows, columns), got shape {weight.shape}")
    indices = np.array(as_array(indices))  # a copy, because the caller may refill the array
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
    """Return the padding index counted from the start, or None."""
    if padding_idx is None:
        return None
    if not isinstance(padding_idx, int | np.integer):
        raise TypeError(f"{where}: expected padding_idx to be a whole number, got {padding_idx!r:.60}")
    if not -rows <= padding_idx < rows:
        raise ValueError(f"{where}: expected padding_idx from {-rows} to {rows - 1}, got {padding_idx}")
    return padding_idx % rows
