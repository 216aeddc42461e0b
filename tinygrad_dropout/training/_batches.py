"""Batches: the rows of one or more arrays, a few at a time, in a new random order in each epoch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.rng import checked_rng, resolve_rng


class Batches:
    """Iterate over the rows of one or more arrays, a batch at a time. Each `for` loop over it is one epoch.

        for x_batch, y_batch in Batches(x, y, batch_size=64):
            ...

    Args:
        arrays: arrays with the same number of rows: ndarrays, Tensors, DataFrames, lists, or SciPy's sparse matrices,
            whose batches are dense.
        batch_size: the number of rows in a batch. The last batch of an epoch has the rest.
        shuffle: draw a new order for each epoch. If False, the rows come in order, and a batch is a view of them.
        drop_last: leave out the last batch if it has fewer rows than the others.
        rng: the generator that draws the orders; the framework's own (see `td.manual_seed`) if None.

    Yields:
        Tuples of ndarrays (batch_size, ...), one for each array and in its dtype.

    Raises:
        ShapeError: the arrays have different numbers of rows.
        ValueError: there are no arrays or no rows, or the batch size is below 1.
    """

    def __init__(
        self,
        *arrays: Any,
        batch_size: int = 32,
        shuffle: bool = True,
        drop_last: bool = False,
        rng: np.random.Generator | None = None,
    ) -> None:
        if not arrays:
            raise ValueError("Batches: expected at least one array, got none")
        if not isinstance(batch_size, int | np.integer) or batch_size < 1:
            raise ValueError(f"Batches: expected batch_size to be a whole number of at least 1, got {batch_size!r}")
        self.arrays = [as_indexable(index, array) for index, array in enumerate(arrays)]
        lengths = [array.shape[0] for array in self.arrays]
        if len(set(lengths)) > 1:
            raise ShapeError("Batches", f"expected arrays with the same number of rows, got {lengths}")
        if not lengths[0]:
            raise ValueError("Batches: expected at least one row, got none")
        self.rows: int = lengths[0]
        self.batch_size, self.shuffle, self.drop_last = int(batch_size), shuffle, drop_last
        self.rng = checked_rng("Batches", rng)

    def __len__(self) -> int:
        """The number of batches in an epoch."""
        whole, rest = divmod(self.rows, self.batch_size)
        return whole + (rest > 0 and not self.drop_last)

    def __iter__(self) -> Iterator[tuple[Array, ...]]:
        order = resolve_rng("Batches", self.rng).permutation(self.rows) if self.shuffle else None
        for start in range(0, len(self) * self.batch_size, self.batch_size):
            span = slice(start, start + self.batch_size)
            yield tuple(rows_of(array, span if order is None else order[span]) for array in self.arrays)


def as_indexable(index: int, array: Any) -> Any:
    """Return the array in a form that allows indexing of rows: an ndarray, or a sparse matrix in CSR format."""
    if isinstance(array, Tensor):
        return array.data
    if hasattr(array, "tocsr"):
        return array.tocsr()
    array = np.asarray(array)
    if not array.ndim:
        raise ShapeError("Batches", f"expected arrays with rows, got a single value at index {index}")
    return array


def rows_of(array: Any, which: slice | Array) -> Array:
    """Return some of the rows as an ndarray."""
    rows = array[which]
    return rows if isinstance(rows, np.ndarray) else rows.toarray()
