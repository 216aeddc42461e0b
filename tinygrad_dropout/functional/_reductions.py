"""Sums, means, variances and extremes over axes.

`axis` is None (all axes), an int or a tuple. `keepdims=True` keeps the reduced axes, with length 1.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_floating, as_tensor
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Axis, Tensor
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.functional._axes import checked_axis, require_numpy_names


@require_numpy_names
def sum(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Add up the elements over `axis`. The sum of integers of any width, or of booleans, is int64."""
    x = as_tensor(x)
    axis = checked_axis(x, axis)
    dtype = x.data.dtype if x.data.dtype.kind == "f" else np.int64
    out = reduce_array("sum", x, axis, lambda array: array.sum(axis=axis, keepdims=keepdims, dtype=dtype))
    return record(out, (x,), sum_backward, saved=(axis, keepdims))


def sum_backward(grad: Array, x: Tensor, axis: Axis, keepdims: bool) -> tuple[Any, ...]:
    """dL/dx = grad, repeated along the axes that were summed."""
    return (np.broadcast_to(restore_axes(grad, axis, keepdims), x.shape).copy(),)


@require_numpy_names
def mean(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Average the elements over `axis`."""
    x = as_floating(x)
    axis = checked_axis(x, axis)
    out = reduce_array("mean", x, axis, lambda array: array.mean(axis=axis, keepdims=keepdims))
    return record(out, (x,), mean_backward, saved=(axis, keepdims))


def mean_backward(grad: Array, x: Tensor, axis: Axis, keepdims: bool) -> tuple[Any, ...]:
    """dL/dx = grad / N, repeated along the axes that were averaged, where each mean covers N elements."""
    return sum_backward(grad * (1 / (elements_per_result(x, axis) or 1)), x, axis, keepdims)


@require_numpy_names
def var(x: Any, axis: Axis = None, keepdims: bool = False, *, correction: float = 1) -> Tensor:
    """Return the variance over `axis`: the sum of the squared distances from the mean, divided by N - correction.

    Args:
        x: any shape.
        axis, keepdims: as for `sum`.
        correction: 1 for an estimate from a sample (PyTorch's default), 0 for the mean squared distance (NumPy's).

    Returns:
        Tensor. If N <= correction, it is NaN and NumPy warns.
    """
    x = as_floating(x)
    axis = checked_axis(x, axis)
    out = reduce_array("var", x, axis, lambda array: array.var(axis=axis, keepdims=keepdims, ddof=correction))
    mean = x.data.mean(axis=axis, keepdims=True)
    return record(out, (x,), var_backward, saved=(mean, axis, keepdims, correction))


def var_backward(grad: Array, x: Tensor, mean: Array, axis: Axis, keepdims: bool, correction: float) -> tuple[Any, ...]:
    """dL/dx = grad * 2 (x - mean) / (N - correction).

    The mean also depends on x, but that term vanishes, because the distances sum to 0.
    """
    divisor = elements_per_result(x, axis) - correction
    with np.errstate(invalid="ignore"):  # inf * 0, when the divisor is 0
        slope = grad * (2 / divisor if divisor > 0 else np.inf)
        return (restore_axes(slope, axis, keepdims) * (x.data - mean),)


@require_numpy_names
def std(x: Any, axis: Axis = None, keepdims: bool = False, *, correction: float = 1) -> Tensor:
    """Return the standard deviation over `axis`: the square root of `var`, with the same arguments."""
    x = as_floating(x)
    axis = checked_axis(x, axis)
    out = reduce_array("std", x, axis, lambda array: array.std(axis=axis, keepdims=keepdims, ddof=correction))
    mean = x.data.mean(axis=axis, keepdims=True)
    return record(out, (x,), std_backward, saved=(out, mean, axis, keepdims, correction))


def std_backward(
    grad: Array, x: Tensor, out: Array, mean: Array, axis: Axis, keepdims: bool, correction: float
) -> tuple[Any, ...]:
    """dL/dx = grad * (x - mean) / (out (N - correction)), and 0 where out = 0 (PyTorch's choice)."""
    grad_of_var = np.divide(grad, 2 * out, out=np.zeros_like(grad), where=out != 0)
    return var_backward(grad_of_var, x, mean, axis, keepdims, correction)


@require_numpy_names
def max(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the largest element over `axis`."""
    x = as_tensor(x)
    axis = checked_axis(x, axis)
    out = reduce_array("max", x, axis, lambda array: array.max(axis=axis, keepdims=keepdims))
    return record(out, (x,), max_backward, saved=(out, axis, keepdims))


def max_backward(grad: Array, x: Tensor, out: Array, axis: Axis, keepdims: bool) -> tuple[Any, ...]:
    """dL/dx = grad at the largest element, shared equally among ties (PyTorch's amax), 0 elsewhere."""
    chosen = x.data == restore_axes(out, axis, keepdims)
    ties = chosen.sum(axis=axis, keepdims=True, dtype=grad.dtype)
    with np.errstate(invalid="ignore"):  # a NaN is equal to nothing: 0 / 0
        return (restore_axes(grad, axis, keepdims) * (chosen / ties),)


@require_numpy_names
def min(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the smallest element over `axis`."""
    x = as_tensor(x)
    axis = checked_axis(x, axis)
    out = reduce_array("min", x, axis, lambda array: array.min(axis=axis, keepdims=keepdims))
    return record(out, (x,), min_backward, saved=(out, axis, keepdims))


def min_backward(grad: Array, x: Tensor, out: Array, axis: Axis, keepdims: bool) -> tuple[Any, ...]:
    """dL/dx = grad at the smallest element, shared equally among ties (PyTorch's amin), 0 elsewhere."""
    return max_backward(grad, x, out, axis, keepdims)


def reduce_array(operation: str, x: Tensor, axis: Axis, reduction: Callable[[Array], Any]) -> Any:
    """Reduce x's array. The error for a wrong axis names the shape."""
    try:
        return np.asarray(reduction(x.data))
    except (TypeError, ValueError) as error:
        if isinstance(error, np.exceptions.AxisError | TypeError):
            problem = f"expected axes from {-x.ndim} to {x.ndim - 1} for shape {x.shape}, got axis={axis!r} ({error})"
        else:
            problem = f"expected elements to reduce, got shape {x.shape} and axis={axis!r} ({error})"
        raise ShapeError(operation, problem) from None


def restore_axes(result: Array, axis: Axis, keepdims: bool) -> Array:
    """Give a reduction's result its reduced axes back, with length 1, so that it broadcasts against the input."""
    return result if axis is None or keepdims else np.expand_dims(result, axis)


def elements_per_result(x: Tensor, axis: Axis) -> int:
    """Return how many elements of x went into each element of a reduction's result."""
    axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int | np.integer) else axis
    return prod(x.shape[axis] for axis in axes)
