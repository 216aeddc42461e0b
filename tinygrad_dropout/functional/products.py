"""Matrix products: matmul, and the affine map at the heart of a Linear layer."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from tinygrad_dropout import spare_memory
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.recording import operands, record
from tinygrad_dropout.tensor import Array, Tensor


def matmul(x: Any, y: Any) -> Tensor:
    """x @ y: the matrix product, over stacks of matrices too; a 1-D x is a row, a 1-D y a column.

    Args:
        x: shape (..., n, k) or (k,).
        y: shape (..., k, m) or (k,).

    Returns:
        Tensor of shape (..., n, m), without the n or m that a 1-D operand does not have.
    """
    x, y = operands(x, y)
    try:
        out = np.matmul(x.data, y.data)
    except ValueError:
        problem = f"expected the last axis of x to match the last but one of y, got {x.shape} @ {y.shape}"
        raise ShapeError("matmul", problem) from None
    return record(out, (x, y), matmul_backward)


def matmul_backward(grad: Array, x: Tensor, y: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad y';  dL/dy = x' grad  (' is the transpose of the last two axes)."""
    rows = x.data if x.ndim > 1 else x.data[np.newaxis, :]
    columns = y.data if y.ndim > 1 else y.data[:, np.newaxis]
    if x.ndim == 1:
        grad = np.expand_dims(grad, -2 if y.ndim > 1 else -1)
    if y.ndim == 1:
        grad = np.expand_dims(grad, -1)
    dx = dy = None
    if x.requires_grad:
        dx = grad @ columns.swapaxes(-1, -2)
    if y.requires_grad:
        dy = rows.swapaxes(-1, -2) @ grad
        if y.ndim == 1:
            dy = dy[..., 0]
    return dx, dy


def linear(x: Any, weight: Any, bias: Any = None) -> Tensor:
    """x W' + b: every row of x, seen through the weights.

    Args:
        x: shape (..., in).
        weight: W, shape (out, in), as in PyTorch.
        bias: b, shape (out,), or None.

    Returns:
        Tensor of shape (..., out).

    Raises:
        ShapeError: the last axis of x is not `in`, W is not a matrix, or b does not have shape (out,).
    """
    x, weight = operands(x, weight)
    inputs, matrix = x.data, weight.data
    if matrix.ndim != 2:
        raise ShapeError("linear", f"expected a weight of shape (out, in), got shape {weight.shape}")
    try:
        out = as_rows(inputs).dot(matrix.T)
    except (ValueError, IndexError):  # IndexError: x has no last axis
        problem = f"expected the last axis to be {matrix.shape[1]}, got an input of shape {x.shape}"
        raise ShapeError("linear", problem) from None
    if inputs.ndim != 2:
        out = out.reshape(*inputs.shape[:-1], matrix.shape[0])
    if bias is None:
        return record(out, (x, weight), linear_backward)
    _, bias = operands(weight, bias)
    if bias.data.shape != matrix.shape[:1]:
        raise ShapeError("linear", f"expected a bias of shape {matrix.shape[:1]}, got shape {bias.shape}")
    out = out + bias.data if bias.data.itemsize > out.itemsize else np.add(out, bias.data, out=out)
    return record(out, (x, weight, bias), linear_backward)


def linear_backward(grad: Array, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> tuple[Any, ...]:
    """dL/dx = grad W;  dL/dW = grad' x;  dL/db = the sum of grad over the batch."""
    grad = as_rows(grad)
    dx = grad.dot(weight.data).reshape(x.shape) if x.requires_grad else None
    dweight = None
    if weight.requires_grad:
        dweight = grad.T.dot(as_rows(x.data), out=spare_memory.take(weight, grad.dtype))
    if bias is None:
        return dx, dweight
    return dx, dweight, np.add.reduce(grad, axis=0) if bias.requires_grad else None


def as_rows(array: Array) -> Array:
    """The array as a matrix: every axis but the last belongs to the batch."""
    return array if array.ndim == 2 else array.reshape(prod(array.shape[:-1]), array.shape[-1])
