"""Operations that no gradient flows through: comparisons, argmax and argmin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_tensor, match_dtypes
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.functional._axes import checked_axis, require_numpy_names


def compare(ufunc: np.ufunc, x: Any, y: Any) -> Any:
    """Compare elementwise with broadcasting, and return a plain boolean ndarray. Only numbers can equal a Tensor."""
    try:
        x, y = match_dtypes(x, y)
    except (TypeError, ValueError):
        return NotImplemented  # Python then returns False for ==, True for !=, and raises for the others
    except OverflowError:  # an integer that does not fit the Tensor's dtype can still be compared
        x, y = (side.data if isinstance(side, Tensor) else side for side in (x, y))
        return np.asarray(ufunc(x, y))
    try:
        return np.asarray(ufunc(x.data, y.data))
    except ValueError:
        problem = f"expected shapes that broadcast together, got {x.shape} and {y.shape}"
        raise ShapeError(ufunc.__name__, problem) from None


@require_numpy_names
def argmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Return the index of the largest element along `axis`, or among all elements in order if `axis` is None.

    Args:
        x: any shape.
        axis: an int.
        keepdims: keep the axis with length 1.

    Returns:
        int64 Tensor. Among equal elements, the first one's index is returned. NaN counts as the largest.
    """
    return find_index(np.argmax, as_tensor(x), axis, keepdims)


@require_numpy_names
def argmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Return the index of the smallest element along `axis`, as `argmax` does for the largest. NaN is the smallest."""
    return find_index(np.argmin, as_tensor(x), axis, keepdims)


def find_index(find: Callable[..., Any], x: Tensor, axis: int | None, keepdims: bool) -> Tensor:
    """Return the index that `find` finds, for argmax and argmin; the error for a wrong axis names the shape."""
    axis = checked_axis(x, axis)
    try:
        return Tensor(np.asarray(find(x.data, axis=axis, keepdims=keepdims), dtype=np.int64))
    except (TypeError, ValueError) as error:
        problem = f"expected an axis of shape {x.shape} that has elements, got axis={axis}: {error}"
        raise ShapeError(find.__name__, problem) from None
