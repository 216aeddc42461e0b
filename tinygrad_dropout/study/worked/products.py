"""Rules for matrix products: a row or column of the upstream gradient times a row or column of the other factor."""

from __future__ import annotations

import numpy as np

from tinygrad_dropout.autograd.tensor import Array
from tinygrad_dropout.functional._products import as_rows, linear_backward, matmul_backward
from tinygrad_dropout.study.worked.formula import Formula, Quantity
from tinygrad_dropout.study.worked.rules import Entry, all_indices, rule
from tinygrad_dropout.study.worked.total import Total


def dot_product(upstream: Array, other: Array | None, symbol: str, remark: str) -> Formula:
    """Sum upstream x other, entry by entry; or only upstream if there is no other factor."""
    all_indices([range(upstream.size)])  # refuses a sum that is too long
    grads = [Quantity("upstream", value) for value in upstream.reshape(-1)]
    if other is None:
        return Total(grads, remark=remark)
    factors = [Quantity(symbol, value) for value in other.reshape(-1)]
    return Total([grad * factor for grad, factor in zip(grads, factors, strict=True)], remark=remark)


@rule(linear_backward)
def linear(entry: Entry) -> Formula:
    """upstream @ W for x, upstream.T @ x for W, the sum over the batch for b."""
    x, weight = (parent for parent in entry.parents[:2])
    grad, result = as_rows(entry.upstream), f"dL/d{entry.node.name}"
    if entry.position == 0:
        column = entry.index[-1]
        row = int(np.ravel_multi_index(entry.index[:-1], x.data.shape[:-1])) if len(entry.index) > 1 else 0
        remark = f"row {row} of {result} times column {column} of {weight.name}"
        return dot_product(grad[row], weight.data[:, column], "W", remark)
    output = entry.index[0]
    if entry.position == 1:
        column = entry.index[1]
        remark = f"column {output} of {result} times column {column} of {x.name}"
        return dot_product(grad[:, output], as_rows(x.data)[:, column], "x", remark)
    return dot_product(grad[:, output], None, "", f"the sum over column {output} of {result}: b was added to every row")


@rule(matmul_backward)
def matmul(entry: Entry) -> Formula:
    """upstream @ y.T for x, x.T @ upstream for y; summed over the stack if broadcasting stretched the factor."""
    x, y = (parent.data for parent in entry.parents)
    grad = entry.upstream
    index = entry.index
    if x.ndim == 1:
        grad = np.expand_dims(grad, -2 if y.ndim > 1 else -1)
        index = (0, *index) if entry.position == 0 else index
    if y.ndim == 1:
        grad = np.expand_dims(grad, -1)
        index = (*index, 0) if entry.position == 1 else index
    stack = grad.shape[:-2]
    rows: Array
    columns: Array
    rows, columns = np.atleast_2d(x), y if y.ndim > 1 else y[:, np.newaxis]
    rows = np.broadcast_to(rows, stack + rows.shape[-2:])
    columns = np.broadcast_to(columns, stack + columns.shape[-2:])
    own = entry.parent.shape[:-2] if entry.parent.ndim > 1 else ()
    matrices = matching_matrices(index[:-2], own, stack)
    first, last = index[-2:]
    if entry.position == 0:
        pairs = [(grad[at][first], columns[at][last]) for at in matrices]
        remark = f"row {first} of {{result}} times row {last} of {{other}}"
    else:
        pairs = [(grad[at][:, last], rows[at][:, first]) for at in matrices]
        remark = f"column {last} of {{result}} times column {first} of {{other}}"
    named = remark.format(result=f"dL/d{entry.node.name}", other=entry.parents[1 - entry.position].name)
    if stack:
        named += f", {'summed over all matrices' if len(matrices) > 1 else 'in the same matrix'} of the stack"
    upstream, other = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    return dot_product(upstream, other, "yx"[entry.position], named if x.ndim > 1 and y.ndim > 1 else "")


def matching_matrices(index: tuple[int, ...], own: tuple[int, ...], stack: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Return the indices of the matrices in the broadcast stack that one matrix of a factor was used for."""
    added = len(stack) - len(own)
    ranges: list[range | tuple[int]] = [range(length) for length in stack[:added]]
    ranges += [range(n) if length == 1 else (at,) for n, length, at in zip(stack[added:], own, index, strict=True)]
    return all_indices(ranges)
