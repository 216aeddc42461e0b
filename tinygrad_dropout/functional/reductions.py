"""Sums, means, variances and extremes over axes.

`axis` is None (all of them), an int or a tuple; `keepdims=True` leaves the reduced axes in place with length 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.recording import as_tensor, record
from tinygrad_dropout.tensor import Array, Axis, Tensor


def sum(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Add up the elements over `axis`."""
    x = as_tensor(x)
    return record(reduced(np.ndarray.sum, x, axis, keepdims), (x,), sum_backward, saved=(axis, keepdims))


def sum_backward(grad: Array, x: Tensor, axis: Axis, keepdims: bool) -> tuple[Any, ...]:
    """dL/dx = grad, repeated along the axes that were summed."""
    return (np.broadcast_to(put_back(grad, axis, keepdims), x.shape).copy(),)


def mean(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Average the elements over `axis`."""
    x = as_tensor(x)
    return record(reduced(np.ndarray.mean, x, axis, keepdims), (x,), mean_backward, saved=(axis, keepdims))


def mean_backward(grad: Array, x: Tensor, axis: Axis, keepdims: bool) -> tuple[Any, ...]:
    """dL/dx = grad / N, repeated along the axes that were averaged, each result over N elements."""
    return sum_backward(grad * (1 / averaged(grad, x)), x, axis, keepdims)


def var(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The variance over `axis`: the mean squared distance from the mean (divided by N, not N - 1)."""
    x = as_tensor(x)
    out = reduced(np.ndarray.var, x, axis, keepdims)
    mean = x.data.mean(axis=axis, keepdims=True)
    return record(out, (x,), var_backward, saved=(mean, axis, keepdims))


def var_backward(grad: Array, x: Tensor, mean: Array, axis: Axis, keepdims: bool) -> tuple[Any, ...]:
    """dL/dx = grad * 2 (x - mean) / N: the mean's own dependence on x cancels, as the distances sum to 0."""
    return (put_back(grad * (2 / averaged(grad, x)), axis, keepdims) * (x.data - mean),)


def max(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The largest element over `axis`."""
    x = as_tensor(x)
    out = reduced(np.ndarray.max, x, axis, keepdims)
    return record(out, (x,), max_backward, saved=(out, axis, keepdims))


def max_backward(grad: Array, x: Tensor, out: Array, axis: Axis, keepdims: bool) -> tuple[Any, ...]:
    """dL/dx = grad at the largest element, shared equally among ties (PyTorch's amax), 0 elsewhere."""
    chosen = x.data == put_back(out, axis, keepdims)
    ties = chosen.sum(axis=axis, keepdims=True, dtype=x.data.dtype)
    return (put_back(grad, axis, keepdims) / ties * chosen,)


def min(x: Any, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The smallest element over `axis`."""
    x = as_tensor(x)
    out = reduced(np.ndarray.min, x, axis, keepdims)
    return record(out, (x,), min_backward, saved=(out, axis, keepdims))


def min_backward(grad: Array, x: Tensor, out: Array, axis: Axis, keepdims: bool) -> tuple[Any, ...]:
    """dL/dx = grad at the smallest element, shared equally among ties (PyTorch's amin), 0 elsewhere."""
    return max_backward(grad, x, out, axis, keepdims)


def reduced(reduction: Callable[..., Any], x: Tensor, axis: Axis, keepdims: bool) -> Any:
    """An ndarray's reduction of x over `axis`; an axis that is not there is reported with the shape."""
    try:
        return reduction(x.data, axis=axis, keepdims=keepdims)
    except (TypeError, ValueError) as error:
        problem = f"expected axes that shape {x.shape} has, with elements in them, got axis={axis}: {error}"
        raise ShapeError(reduction.__name__, problem) from None


def put_back(reduced: Array, axis: Axis, keepdims: bool) -> Array:
    """A reduction's result with the reduced axes put back, of length 1: it broadcasts against what was reduced."""
    return reduced if axis is None or keepdims else np.expand_dims(reduced, axis)


def averaged(result: Array, x: Tensor) -> int:
    """How many elements of x went into each element of the result (1 where there are no results)."""
    return x.data.size // result.size if x.data.size else 1
