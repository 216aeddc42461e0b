"""Batches: the rows of several arrays, taken a few at a time, in a new random order for each epoch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.rng import generator, generator_or_none


class Batches:
    """The rows of one array or several, a batch at a time. Each `for` loop over it is one epoch.

        for x_batch, y_batch in Batches(x, y, batch_size=64):
            ...

    Args:
        arrays: arrays with the same number of rows: ndarrays, Tensors, DataFrames, lists, or sparse matrices of SciPy,
            whose batches are dense.
        batch_size: rows in a batch; the last batch of an epoch has what is left.
        shuffle: draw a new order for each epoch. If False, the rows come in order, and a batch is a view of them.
        drop_last: leave out a last batch that has fewer rows than the others.
        rng: the generator that draws the orders; the framework's own (see `td.manual_seed`) if None.

    Yields:
        Tuples of ndarrays (batch_size, ...), one for each of the arrays and of its dtype.

    Raises:
        ShapeError: arrays that differ in their number of rows.
        ValueError: no arrays, no rows, or a batch size below 1.
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
        self.arrays = [as_rows(index, array) for index, array in enumerate(arrays)]
        lengths = [array.shape[0] for array in self.arrays]
        if len(set(lengths)) > 1:
            raise ShapeError("Batches", f"expected arrays with the same number of rows, got {lengths}")
        if not lengths[0]:
            raise ValueError("Batches: expected at least one row, got none")
        self.rows: int = lengths[0]
        self.batch_size, self.shuffle, self.drop_last = int(batch_size), shuffle, drop_last
        self.rng = generator_or_none("Batches", rng)

    def __len__(self) -> int:
        """How many batches there are in an epoch."""
        whole, rest = divmod(self.rows, self.batch_size)
        return whole + (rest > 0 and not self.drop_last)

    def __iter__(self) -> Iterator[tuple[Array, ...]]:
        order = generator("Batches", self.rng).permutation(self.rows) if self.shuffle else None
        for start in range(0, len(self) * self.batch_size, self.batch_size):
            span = slice(start, start + self.batch_size)
            yield tuple(rows_of(array, span if order is None else order[span]) for array in self.arrays)


def as_rows(index: int, array: Any) -> Any:
    """The array in a form whose rows can be picked: an ndarray, or a sparse matrix in CSR format."""
    if isinstance(array, Tensor):
        return array.data
    if hasattr(array, "tocsr"):
        return array.tocsr()
    array = np.asarray(array)
    if not array.ndim:
        raise ShapeError("Batches", f"expected arrays with rows, got a single value at index {index}")
    return array


def rows_of(array: Any, which: slice | Array) -> Array:
    """Some of the rows, as an ndarray."""
    rows = array[which]
    return rows if isinstance(rows, np.ndarray) else rows.toarray()
