"""The arithmetic of two tensors, element by element: + - * / ** and unary minus.

Shapes broadcast as in NumPy. A backward function answers in the broadcast shape; the engine's `unbroadcast` sums what
was stretched, so no operation here needs to know about it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.recording import as_tensor, operands, record
from tinygrad_dropout.tensor import Array, Backward, Tensor, operation_name


def combine(ufunc: np.ufunc, x: Any, y: Any, backward: Backward, saves_out: bool = False) -> Tensor:
    """Record ufunc(x, y), elementwise with broadcasting; `backward` also gets the result if `saves_out`."""
    if type(x) is not Tensor or type(y) is not Tensor or x.data.dtype is not y.data.dtype:
        x, y = operands(x, y)  # two Tensors of one dtype, as they nearly always are, do without this call
    try:
        out = ufunc(x.data, y.data)
    except ValueError as error:
        if "broadcast" not in str(error):
            raise
        problem = f"expected shapes that broadcast together, got {x.shape} and {y.shape}"
        raise ShapeError(operation_name(backward), problem) from None
    return record(out, (x, y), backward, saved=(out,) if saves_out else ())


def add(x: Any, y: Any) -> Tensor:
    """x + y, elementwise with broadcasting."""
    return combine(np.add, x, y, add_backward)


def add_backward(grad: Array, x: Tensor, y: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad;  dL/dy = grad."""
    return grad, grad.copy() if x.requires_grad and y.requires_grad else grad


def subtract(x: Any, y: Any) -> Tensor:
    """x - y, elementwise with broadcasting."""
    return combine(np.subtract, x, y, subtract_backward)


def subtract_backward(grad: Array, x: Tensor, y: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad;  dL/dy = -grad."""
    return grad, -grad if y.requires_grad else None


def multiply(x: Any, y: Any) -> Tensor:
    """x * y, elementwise with broadcasting."""
    return combine(np.multiply, x, y, multiply_backward)


def multiply_backward(grad: Array, x: Tensor, y: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad * y;  dL/dy = grad * x."""
    dx = dy = None
    if y.requires_grad:
        dy = grad * x.data
    if x.requires_grad:  # last, since it overwrites grad
        grad *= y.data
        dx = grad
    return dx, dy


def divide(x: Any, y: Any) -> Tensor:
    """x / y, elementwise with broadcasting."""
    return combine(np.divide, x, y, divide_backward)


def divide_backward(grad: Array, x: Tensor, y: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad / y;  dL/dy = -grad * x / y²."""
    over_y = grad / y.data
    return over_y, over_y * (-x.data / y.data) if y.requires_grad else None


def power(x: Any, y: Any) -> Tensor:
    """x ** y, elementwise with broadcasting."""
    return combine(np.power, x, y, power_backward, saves_out=True)


def power_backward(grad: Array, x: Tensor, y: Tensor, out: Array) -> tuple[Any, ...]:
    """dL/dx = grad * y x^(y-1), and 0 where y = 0;  dL/dy = grad * out ln(x), and 0 where x = 0 and y >= 0."""
    dx = dy = None
    with np.errstate(divide="ignore", invalid="ignore"):  # the values that the two 0 cases replace
        if x.requires_grad:
            dx = grad * np.where(y.data == 0, 0, y.data * np.power(x.data, y.data - 1))
        if y.requires_grad:
            dy = grad * np.where((x.data == 0) & (y.data >= 0), 0, out * np.log(x.data))
    return dx, dy


def negative(x: Any) -> Tensor:
    """-x, elementwise."""
    x = as_tensor(x)
    return record(-x.data, (x,), negative_backward)


def negative_backward(grad: Array, x: Tensor) -> tuple[Any, ...]:
    """dL/dx = -grad."""
    return (-grad,)
