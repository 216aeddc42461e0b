"""Elementwise arithmetic: + - * / ** and unary minus.

Shapes broadcast as in NumPy. A backward function returns gradients of the broadcast shape. The engine's `unbroadcast`
sums over the stretched axes, so the operations here don't have to.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_floating, as_tensor, match_dtypes
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Backward, Tensor, operation_name
from tinygrad_dropout.errors import ShapeError


def combine(ufunc: np.ufunc, x: Any, y: Any, backward: Backward) -> Tensor:
    """Record ufunc(x, y), elementwise with broadcasting."""
    if type(x) is not Tensor or type(y) is not Tensor or x.data.dtype is not y.data.dtype:
        x, y = match_dtypes(x, y)
    try:
        return record(ufunc(x.data, y.data), (x, y), backward)
    except ValueError as error:
        if "broadcast" not in str(error):
            raise
        problem = f"expected shapes that broadcast together, got {x.shape} and {y.shape}"
        raise ShapeError(operation_name(backward), problem) from None


def add(x: Any, y: Any) -> Tensor:
    """x + y, elementwise with broadcasting."""
    return combine(np.add, x, y, add_backward)


def add_backward(grad: Array, x: Tensor, y: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad;  dL/dy = grad."""
    return (
        grad,
        grad.copy() if y.requires_grad else None,  # a separate array, because the engine adds to it in place
    )


def subtract(x: Any, y: Any) -> Tensor:
    """x - y, elementwise with broadcasting."""
    return combine(np.subtract, x, y, subtract_backward)


def subtract_backward(grad: Array, x: Tensor, y: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad;  dL/dy = -grad."""
    return (
        grad,
        -grad if y.requires_grad else None,
    )


def multiply(x: Any, y: Any) -> Tensor:
    """x * y, elementwise with broadcasting."""
    return combine(np.multiply, x, y, multiply_backward)


def multiply_backward(grad: Array, x: Tensor, y: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad * y;  dL/dy = grad * x."""
    return (
        grad * y.data if x.requires_grad else None,
        grad * x.data if y.requires_grad else None,
    )


def divide(x: Any, y: Any) -> Tensor:
    """x / y, elementwise with broadcasting."""
    x, y = match_dtypes(x, y)
    return combine(np.divide, as_floating(x), as_floating(y), divide_backward)


def divide_backward(grad: Array, x: Tensor, y: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad / y;  dL/dy = -grad * x / y²."""
    return (
        grad / y.data if x.requires_grad else None,
        -grad * (x.data / y.data / y.data) if y.requires_grad else None,  # x / (y * y) could overflow
    )


def power(x: Any, y: Any) -> Tensor:
    """x ** y, elementwise with broadcasting."""
    return combine(np.power, x, y, power_backward)


def power_backward(grad: Array, x: Tensor, y: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad * y x^(y-1), and 0 where y = 0;  dL/dy = grad * x^y ln(x), and 0 where x = 0 and y >= 0."""
    dx = dy = None
    with np.errstate(divide="ignore", invalid="ignore"):  # from entries that np.where replaces by 0
        if x.requires_grad:
            dx = np.where(y.data == 0, 0, grad * (y.data * np.power(x.data, y.data - 1)))
        if y.requires_grad:
            dy = np.where((x.data == 0) & (y.data >= 0), 0, grad * (np.power(x.data, y.data) * np.log(x.data)))
    return dx, dy


def negative(x: Any) -> Tensor:
    """-x, elementwise."""
    x = as_tensor(x)
    return record(-x.data, (x,), negative_backward)


def negative_backward(grad: Array, x: Tensor) -> tuple[Any, ...]:
    """dL/dx = -grad."""
    return (-grad,)
