"""Results that no gradient flows through: comparisons, and where the largest or smallest element is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_tensor, operands
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.functional._axes import checked_axis, numpys_names


def compare(ufunc: np.ufunc, x: Any, y: Any) -> Any:
    """Compare elementwise, with broadcasting: a plain boolean ndarray. What can't be a Tensor is equal to none."""
    try:
        x, y = operands(x, y)
    except (TypeError, ValueError):
        return NotImplemented  # Python then says False for ==, True for !=, and raises for the others
    except OverflowError:  # an integer that does not fit the Tensor's dtype can be compared all the same
        x, y = (side.data if isinstance(side, Tensor) else side for side in (x, y))
        return np.asarray(ufunc(x, y))
    try:
        return np.asarray(ufunc(x.data, y.data))
    except ValueError:
        problem = f"expected shapes that broadcast together, got {x.shape} and {y.shape}"
        raise ShapeError(ufunc.__name__, problem) from None


@numpys_names
def argmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The index of the largest element along `axis`; over all elements in their order if None.

    Args:
        x: any shape.
        axis: an int.
        keepdims: keep the axis with length 1.

    Returns:
        int64 Tensor. Among equal elements it is the first one's index; NaN counts as the largest.
    """
    return position(np.argmax, as_tensor(x), axis, keepdims)


@numpys_names
def argmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The index of the smallest element along `axis`. Arguments and result as for `argmax`; NaN is the smallest."""
    return position(np.argmin, as_tensor(x), axis, keepdims)


def position(find: Callable[..., Any], x: Tensor, axis: int | None, keepdims: bool) -> Tensor:
    """What argmax and argmin share: the index, or an error that names the shape."""
    axis = checked_axis(x, axis)
    try:
        return Tensor(np.asarray(find(x.data, axis=axis, keepdims=keepdims), dtype=np.int64))
    except (TypeError, ValueError) as error:
        problem = f"expected an axis that shape {x.shape} has, with elements in it, got axis={axis}: {error}"
        raise ShapeError(find.__name__, problem) from None
