"""Matrix products: matmul, and the affine map at the heart of a Linear layer.

`x.dot(y)` is `x @ y` with less overhead in NumPy, which matters for small networks.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_tensors
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.errors import DtypeError, ShapeError
from tinygrad_dropout.functional._rows import sum_of_rows


def matmul(x: Any, y: Any) -> Tensor:
    """x @ y: the matrix product, also of stacks of matrices. A 1-D x is a row, and a 1-D y is a column.

    Args:
        x: shape (..., n, k) or (k,).
        y: shape (..., k, m) or (k,).

    Returns:
        Tensor of shape (..., n, m). A 1-D x has no n, and a 1-D y has no m.
    """
    x, y = require_same_dtype("matmul", x, y)
    try:
        out = x.data @ y.data
    except ValueError:
        problem = f"expected the last axis of x to match the second-to-last of y, got {x.shape} @ {y.shape}"
        raise ShapeError("matmul", problem) from None
    return record(out, (x, y), matmul_backward)


def matmul_backward(grad: Array, x: Tensor, y: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad @ y.T;  dL/dy = x.T @ grad  (here, .T swaps the last two axes)."""
    if x.ndim == 1:  # a row: the product lacks its axis
        grad = np.expand_dims(grad, -2 if y.ndim > 1 else -1)
    if y.ndim == 1:  # a column
        grad = np.expand_dims(grad, -1)
    dx = dy = None
    if x.requires_grad:
        columns = y.data if y.ndim > 1 else y.data[:, np.newaxis]
        dx = grad @ columns.swapaxes(-1, -2)
    if y.requires_grad:
        rows = x.data if x.ndim > 1 else x.data[np.newaxis, :]
        dy = rows.swapaxes(-1, -2) @ grad
        if y.ndim == 1:
            dy = dy[..., 0]
    return dx, dy


def linear(x: Any, weight: Any, bias: Any = None) -> Tensor:
    """x @ W.T + b, for every row of x.

    Args:
        x: shape (..., in).
        weight: W, shape (out, in), as in PyTorch.
        bias: b, shape (out,), or None.

    Returns:
        Tensor of shape (..., out).

    Raises:
        ShapeError: the last axis of x is not `in`, W is not a matrix, or b does not have shape (out,).
        DtypeError: the Tensors have different dtypes.
    """
    x, weight = require_same_dtype("linear", x, weight, " (input)", " (weight)")
    inputs, weights = x.data, weight.data
    if weights.ndim != 2:
        raise ShapeError("linear", f"expected a weight of shape (out, in), got shape {weight.shape}")
    if inputs.shape[-1:] != weights.shape[1:]:
        problem = f"expected the last axis to be {weight.shape[1]}, got an input of shape {x.shape}"
        raise ShapeError("linear", problem)
    out = as_rows(inputs).dot(weights.T)
    if inputs.ndim != 2:
        out = out.reshape(*x.shape[:-1], len(weights))
    if bias is None:
        return record(out, (x, weight), linear_backward)
    weight, bias = require_same_dtype("linear", weight, bias, " (weight)", " (bias)")
    if bias.data.shape != weights.shape[:1]:
        raise ShapeError("linear", f"expected a bias of shape {weight.shape[:1]}, got shape {bias.shape}")
    out += bias.data
    return record(out, (x, weight, bias), linear_backward)


def linear_backward(grad: Array, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> tuple[Any, ...]:
    """dL/dx = grad @ W;  dL/dW = grad.T @ x;  dL/db = the sum of grad over the batch."""
    grad = as_rows(grad)
    dx = grad.dot(weight.data).reshape(x.shape) if x.requires_grad else None
    dweight = grad.T.dot(as_rows(x.data)) if weight.requires_grad else None
    if bias is None:
        return dx, dweight
    dbias = sum_of_rows(grad) if bias.requires_grad else None
    return dx, dweight, dbias


def as_rows(array: Array) -> Array:
    """Return the array as a matrix: all axes but the last become rows."""
    return array if array.ndim == 2 else array.reshape(prod(array.shape[:-1]), array.shape[-1])


def require_same_dtype(operation: str, x: Any, y: Any, x_is: str = "", y_is: str = "") -> tuple[Tensor, Tensor]:
    """Return both as Tensors; raise if dtypes differ: float64 data must not make a float32 network float64."""
    if not (isinstance(x, Tensor) and isinstance(y, Tensor)):
        x, y = as_tensors(x, y)
    if x.data.dtype != y.data.dtype:
        wanted = x.dtype if y.dtype.kind != "f" else y.dtype
        raise DtypeError(
            operation,
            f"expected Tensors of one dtype, got {x.dtype}{x_is} and {y.dtype}{y_is}; convert data with "
            f"td.Tensor(data, dtype=np.{wanted}), or a network with model.float() or model.double()",
        )
    return x, y
