"""Functions of each element on its own, and the choices between two: exp, log, relu, where, maximum and their kin."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.functional.arithmetic import combine
from tinygrad_dropout.recording import as_tensor, operands, record
from tinygrad_dropout.tensor import Array, Tensor


def exp(x: Any) -> Tensor:
    """e^x, elementwise."""
    x = as_tensor(x)
    out = np.exp(x.data)
    return record(out, (x,), exp_backward, saved=(out,))


def exp_backward(grad: Array, x: Tensor, out: Array) -> tuple[Any, ...]:
    """dL/dx = grad * out."""
    return (grad * out,)


def log(x: Any) -> Tensor:
    """The natural logarithm ln x, elementwise."""
    x = as_tensor(x)
    return record(np.log(x.data), (x,), log_backward)


def log_backward(grad: Array, x: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad / x."""
    return (grad / x.data,)


def sqrt(x: Any) -> Tensor:
    """The square root √x, elementwise."""
    x = as_tensor(x)
    out = np.sqrt(x.data)
    return record(out, (x,), sqrt_backward, saved=(out,))


def sqrt_backward(grad: Array, x: Tensor, out: Array) -> tuple[Any, ...]:
    """dL/dx = grad / (2 out)."""
    return (grad / (2 * out),)


def abs(x: Any) -> Tensor:
    """|x|, elementwise."""
    x = as_tensor(x)
    return record(np.abs(x.data), (x,), abs_backward)


def abs_backward(grad: Array, x: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad * sign(x): 0 at the kink x = 0."""
    return (grad * np.sign(x.data),)


def relu(x: Any) -> Tensor:
    """max(x, 0), elementwise: the rectified linear unit."""
    x = as_tensor(x)
    out = np.empty_like(x.data)
    out.fill(0)
    np.maximum(x.data, out, out=out)  # NumPy is quicker between two arrays than between an array and the number 0
    return record(out, (x,), relu_backward, saved=(out,))


def relu_backward(grad: Array, x: Tensor, out: Array) -> tuple[Any, ...]:
    """dL/dx = grad where x > 0, and 0 where x <= 0 (PyTorch's choice at the kink)."""
    grad *= (out > 0).astype(grad.dtype)  # NumPy multiplies faster by numbers than by booleans
    return (grad,)


def sigmoid(x: Any) -> Tensor:
    """1 / (1 + e^-x), elementwise; neither end overflows."""
    x = as_tensor(x)
    out = logistic(x.data)
    return record(out, (x,), sigmoid_backward, saved=(out,))


def sigmoid_backward(grad: Array, x: Tensor, out: Array) -> tuple[Any, ...]:
    """dL/dx = grad * out (1 - out), at most grad / 4."""
    return (grad * (out * (1 - out)),)


def logistic(x: Array) -> Array:
    """1 / (1 + e^-x) of an ndarray, with an exponent that is never positive: e^-|x| lies in (0, 1]."""
    small = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1, small) / (1 + small))


def tanh(x: Any) -> Tensor:
    """The hyperbolic tangent, elementwise."""
    x = as_tensor(x)
    out = np.tanh(x.data)
    return record(out, (x,), tanh_backward, saved=(out,))


def tanh_backward(grad: Array, x: Tensor, out: Array) -> tuple[Any, ...]:
    """dL/dx = grad * (1 - out²)."""
    return (grad * (1 - out * out),)


def clip(x: Any, min: Any = None, max: Any = None) -> Tensor:
    """x, held between `min` and `max` (numbers or arrays that broadcast against x; None for no bound)."""
    x = as_tensor(x)
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        raise TypeError("clip: expected numbers or arrays as bounds, for they get no gradient; got a Tensor, use .data")
    min, max = (bound if bound is None else np.array(bound) for bound in (min, max))  # as they are now
    try:
        out = np.clip(x.data, min, max).astype(x.data.dtype, copy=False)
    except ValueError:
        out = None
    if out is None or out.shape != x.shape:
        given = f"{np.shape(min)} and {np.shape(max)}"
        raise ShapeError("clip", f"expected bounds that broadcast to shape {x.shape}, got shapes {given}")
    return record(out, (x,), clip_backward, saved=(min, max))


def clip_backward(grad: Array, x: Tensor, min: Array | None, max: Array | None) -> tuple[Any, ...]:
    """dL/dx = grad where min <= x <= max (at the bounds too, as in PyTorch), else 0."""
    if min is not None:
        grad *= x.data >= min
    if max is not None:
        grad *= x.data <= max
    return (grad,)


def maximum(x: Any, y: Any) -> Tensor:
    """The larger of x and y, elementwise with broadcasting."""
    return combine(np.maximum, x, y, maximum_backward)


def maximum_backward(grad: Array, x: Tensor, y: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad where x > y, grad / 2 where x = y, else 0; dL/dy the other way round."""
    return to_the_chosen(grad, x, y, x.data > y.data)


def minimum(x: Any, y: Any) -> Tensor:
    """The smaller of x and y, elementwise with broadcasting."""
    return combine(np.minimum, x, y, minimum_backward)


def minimum_backward(grad: Array, x: Tensor, y: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad where x < y, grad / 2 where x = y, else 0; dL/dy the other way round."""
    return to_the_chosen(grad, x, y, x.data < y.data)


def to_the_chosen(grad: Array, x: Tensor, y: Tensor, x_wins: Array) -> tuple[Any, ...]:
    """grad to whichever was chosen; a tie shares it equally."""
    share = np.where(x.data == y.data, 0.5, x_wins).astype(grad.dtype)
    return grad * share if x.requires_grad else None, grad * (1 - share) if y.requires_grad else None


def where(condition: Any, x: Any, y: Any) -> Tensor:
    """x where `condition` holds, else y, elementwise with broadcasting.

    Args:
        condition: boolean array or Tensor; no gradient flows to it.
        x, y: what to choose from; at least one of them a Tensor if the result is to be differentiable.
    """
    condition = as_tensor(condition).data.astype(bool, copy=False)
    x, y = operands(x, y)
    try:
        out = np.where(condition, x.data, y.data)
    except ValueError:
        problem = f"expected shapes that broadcast together, got {condition.shape}, {x.shape} and {y.shape}"
        raise ShapeError("where", problem) from None
    return record(out, (x, y), where_backward, saved=(condition,))


def where_backward(grad: Array, x: Tensor, y: Tensor, condition: Array) -> tuple[Any, ...]:
    """dL/dx = grad where the condition holds, else 0;  dL/dy = grad where it does not, else 0."""
    return grad * condition if x.requires_grad else None, grad * ~condition if y.requires_grad else None
