"""Recognize a matrix product by the numbers in its Jacobian.

Let g be the upstream gradient and x a parent. In a matrix product, each entry of dL/dx is the dot product of a row or
column of g with a row or column of another array. The task is to find which axis of g pairs with which axis of x, and
which array holds the derivatives. This works for any operation, including your own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from tinygrad_dropout.autograd.tensor import Array

LINES = ("row", "column")


@dataclass(frozen=True)
class ProductPattern:
    """Which two lines (rows or columns) are multiplied to give each entry of a contribution.

    Attributes:
        upstream_axis: 0 for a row of the upstream gradient, 1 for a column.
        parent_axis: the axis of the parent whose index selects that row or column.
        source: the name of the array that holds the local derivatives; "" if none does (they may be ones).
        source_axis: 0 for a row of that array, 1 for a column.
    """

    upstream_axis: int
    parent_axis: int
    source: str = ""
    source_axis: int = 0

    def entries(self, upstream: tuple[int, ...], parent: tuple[int, ...], entry: int) -> Array:
        """Return the entries of the upstream gradient that contribute to one entry of the parent's gradient."""
        index = np.unravel_index(entry, parent)[self.parent_axis]
        return np.asarray(np.arange(upstream[0] * upstream[1]).reshape(upstream).take(index, axis=self.upstream_axis))

    def lines_in_words(self, parent: tuple[int, ...], entry: int) -> tuple[str, str]:
        """Describe both lines: `row 2`, and `column 0 of 2.weight` (or "")."""
        index = np.unravel_index(entry, parent)
        first = f"{LINES[self.upstream_axis]} {index[self.parent_axis]}"
        if not self.source:
            return first, ""
        return first, f"{LINES[self.source_axis]} {index[1 - self.parent_axis]} of {self.source}"


def find_product_pattern(
    jacobian: Array, upstream: tuple[int, ...], parent: tuple[int, ...], arrays: Mapping[str, Array]
) -> ProductPattern | None:
    """Find the pattern that explains every number of a Jacobian, or return None.

    Args:
        jacobian: shape (entries of the upstream gradient, entries of the parent).
        upstream, parent: the shapes; the first has two axes.
        arrays: the arrays that may hold the local derivatives, by name.
    """
    for upstream_axis, parent_axis in product((0, 1), range(len(parent))):
        if len(parent) > 2 or upstream[upstream_axis] != parent[parent_axis] or upstream == parent == (1, 1):
            continue
        # paired[line, free, other]: the derivatives for which both indices of the pair of axes are equal. In a matrix
        # product all others are 0.
        whole = np.moveaxis(jacobian.reshape(*upstream, *parent), (upstream_axis, 2 + parent_axis), (0, 1))
        paired = np.einsum("ii...->i...", whole)
        if np.count_nonzero(paired) < np.count_nonzero(jacobian):
            continue
        if len(parent) == 1:
            return ProductPattern(upstream_axis, parent_axis)
        for (name, array), source_axis in product(arrays.items(), (0, 1)):
            matrix = array.T if source_axis == 0 else array
            if array.ndim == 2 and matrix.shape == paired.shape[1:] and (paired == matrix).all():
                return ProductPattern(upstream_axis, parent_axis, name, source_axis)
        if parent[1 - parent_axis] == 1 and upstream != parent:
            return ProductPattern(upstream_axis, parent_axis)
    return None
