"""Fast sums and maxima over the rows of a matrix.

For the small matrices of a small network, NumPy's own `sum(axis)` and `max(axis)` take several times as long.
"""

from __future__ import annotations

import numpy as np

from tinygrad_dropout.autograd.tensor import Array
from tinygrad_dropout.functional._constants import ones, row_numbers


def sum_of_rows(matrix: Array) -> Array:
    """matrix.sum(axis=0): shape (rows, columns) -> (columns,); a vector's sum: shape (rows,) -> ()."""
    total: Array = ones(len(matrix), matrix.dtype).dot(matrix)
    return total


def sum_of_each_row(matrix: Array) -> Array:
    """matrix.sum(axis=1): shape (rows, columns) -> (rows,)."""
    totals: Array = matrix.dot(ones(matrix.shape[1], matrix.dtype))
    return totals


def highest_of_each_row(matrix: Array) -> Array:
    """matrix.max(axis=1, keepdims=True): shape (rows, columns) -> (rows, 1); -inf if there are no columns."""
    if matrix.shape[1] == 0:
        return np.full((len(matrix), 1), -np.inf, matrix.dtype)
    highest: Array = matrix[row_numbers(len(matrix)), matrix.argmax(axis=1)]
    return highest[:, np.newaxis]
