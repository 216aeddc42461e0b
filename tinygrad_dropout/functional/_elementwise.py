"""Elementwise functions: exp, log, sqrt, abs, clip; and the choice between two: where, maximum, minimum."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_floating, as_tensor, cast, match_dtypes
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.functional._arithmetic import combine


def exp(x: Any) -> Tensor:
    """e^x, elementwise."""
    x = as_floating(x)
    out = np.exp(x.data)
    return record(out, (x,), exp_backward, saved=(out,))


def exp_backward(grad: Array, x: Tensor, out: Array) -> tuple[Any, ...]:
    """dL/dx = grad * out."""
    return (grad * out,)


def log(x: Any) -> Tensor:
    """The natural logarithm ln x, elementwise."""
    x = as_floating(x)
    return record(np.log(x.data), (x,), log_backward)


def log_backward(grad: Array, x: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad / x."""
    return (grad / x.data,)


def sqrt(x: Any) -> Tensor:
    """The square root √x, elementwise."""
    x = as_floating(x)
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
    """dL/dx = grad * sign(x), which is 0 at the kink x = 0 (and at NaN, as in PyTorch)."""
    return (np.where(x.data > 0, grad, np.where(x.data < 0, -grad, 0)),)


def clip(x: Any, min: Any = None, max: Any = None) -> Tensor:
    """Limit x to the range from `min` to `max`, elementwise.

    Args:
        x: any shape. An integer Tensor becomes float32 if a bound is floating.
        min, max: numbers, or arrays that broadcast to x's shape; None for no bound.

    Raises:
        TypeError: a bound is a Tensor. Bounds get no gradient.
        ValueError: both bounds are None.
        ShapeError: a bound does not broadcast to x's shape.
    """
    x = as_tensor(x)
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        raise TypeError("clip: expected numbers or arrays as bounds, which get no gradient; got a Tensor, use .data")
    min, max = (bound if bound is None else np.array(bound) for bound in (min, max))  # copies, which can't change
    bounds = [bound.dtype.kind for bound in (min, max) if bound is not None]
    if not bounds:
        raise ValueError("clip: expected min, max or both, got neither")
    if "f" in bounds:
        x = as_floating(x)
    elif x.data.dtype.kind == "b" and set(bounds) != {"b"}:
        x = cast(x, np.int64)
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
    above = True if min is None else x.data >= min
    below = True if max is None else x.data <= max
    return (np.where(above & below, grad, 0),)


def maximum(x: Any, y: Any) -> Tensor:
    """Return the larger of x and y, elementwise with broadcasting; NaN if either is NaN."""
    return combine(np.maximum, x, y, maximum_backward)


def maximum_backward(grad: Array, x: Tensor, y: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad where x > y, grad / 2 where x = y, else 0; dL/dy the other way round."""
    return pass_to_chosen(grad, x, y, x.data < y.data, y.data < x.data)


def minimum(x: Any, y: Any) -> Tensor:
    """Return the smaller of x and y, elementwise with broadcasting; NaN if either is NaN."""
    return combine(np.minimum, x, y, minimum_backward)


def minimum_backward(grad: Array, x: Tensor, y: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad where x < y, grad / 2 where x = y, else 0; dL/dy the other way round."""
    return pass_to_chosen(grad, x, y, x.data > y.data, y.data > x.data)


def pass_to_chosen(grad: Array, x: Tensor, y: Tensor, x_loses: Array, y_loses: Array) -> tuple[Any, ...]:
    """Pass grad to the operand that was chosen. A tie splits it; if one is NaN, both get it (PyTorch's choice)."""
    grad = np.where(x.data == y.data, grad / 2, grad)
    return (
        np.where(x_loses, 0, grad) if x.requires_grad else None,
        np.where(y_loses, 0, grad) if y.requires_grad else None,
    )


def where(condition: Any, x: Any, y: Any) -> Tensor:
    """x where `condition` is true, else y, elementwise with broadcasting.

    Args:
        condition: boolean array or Tensor. No gradient flows to it.
        x, y: the values to choose from. The result is differentiable if at least one is a Tensor.
    """
    condition = np.array(as_tensor(condition).data, dtype=bool)  # a copy, which can't change
    x, y = match_dtypes(x, y)
    try:
        out = np.where(condition, x.data, y.data)
    except ValueError:
        problem = f"expected shapes that broadcast together, got {condition.shape}, {x.shape} and {y.shape}"
        raise ShapeError("where", problem) from None
    return record(out, (x, y), where_backward, saved=(condition,))


def where_backward(grad: Array, x: Tensor, y: Tensor, condition: Array) -> tuple[Any, ...]:
    """dL/dx = grad where the condition is true, else 0;  dL/dy = grad where it is false, else 0."""
    return (
        np.where(condition, grad, 0) if x.requires_grad else None,
        np.where(condition, 0, grad) if y.requires_grad else None,
    )
