"""Operations that rearrange elements: reshape, permute, index, concatenate and so on; and clone.

Backward undoes the arrangement. Its only arithmetic is to add up the gradients of an element that was picked twice.
Flatten, squeeze and unsqueeze are recorded as reshape; transpose and .T are recorded as permute.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.creation import as_tuple
from tinygrad_dropout.autograd.dtypes import as_tensor, cast, common_dtype
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Axis, Tensor
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.functional._axes import checked_axis, require_numpy_names


def reshape(x: Any, *shape: Any) -> Tensor:
    """Return the same elements in another shape. Give it as separate lengths or as one tuple; one length can be -1."""
    x = as_tensor(x)
    shape = as_tuple(shape)
    try:
        out = x.data.reshape(shape)
    except ValueError:
        raise ShapeError("reshape", f"expected a shape of {x.size} elements for {x.shape}, got {shape}") from None
    return record(out, (x,), reshape_backward)


def reshape_backward(grad: Array, x: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad in x's shape."""
    return (grad.reshape(x.shape),)


def clone(x: Any) -> Tensor:
    """Return a copy of x that gradients flow through. Changing one of the two in place does not change the other."""
    x = as_tensor(x)
    return record(x.data.copy(), (x,), clone_backward)


def clone_backward(grad: Array, x: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad."""
    return (grad,)


def flatten(x: Any) -> Tensor:
    """Return all elements along a single axis."""
    return reshape(x, -1)


@require_numpy_names
def squeeze(x: Any, axis: Axis = None) -> Tensor:
    """Remove the axes of length 1, or only those that `axis` names. These must have length 1."""
    x = as_tensor(x)
    axis = checked_axis(x, axis)
    try:
        out = x.data.squeeze(axis)
    except ValueError as error:
        raise ShapeError("squeeze", f"expected axis {axis} to have length 1, got shape {x.shape} ({error})") from None
    return record(out, (x,), reshape_backward)


@require_numpy_names
def unsqueeze(x: Any, axis: int) -> Tensor:
    """Insert an axis of length 1 at position `axis`."""
    x = as_tensor(x)
    try:
        out = np.expand_dims(x.data, axis)
    except np.exceptions.AxisError as error:
        problem = f"expected a position for a new axis in shape {x.shape}, got axis={axis}: {error}"
        raise ShapeError("unsqueeze", problem) from None
    return record(out, (x,), reshape_backward)


def permute(x: Any, *axes: Any) -> Tensor:
    """Reorder the axes: axis i of the result is axis axes[i] of x."""
    x = as_tensor(x)
    axes = as_tuple(axes)
    try:
        out = x.data.transpose(axes)
    except ValueError:
        raise ShapeError("permute", f"expected each of the {x.ndim} axes of {x.shape} once, got {axes}") from None
    return record(out, (x,), permute_backward, saved=(axes,))


def permute_backward(grad: Array, x: Tensor, axes: tuple[int, ...]) -> tuple[Any, ...]:
    """dL/dx = grad with its axes in x's order: the inverse permutation."""
    return (grad.transpose(np.argsort([axis % x.ndim for axis in axes])),)


def transpose(x: Any, axis1: int, axis2: int) -> Tensor:
    """Swap two axes."""
    x = as_tensor(x)
    order = list(range(x.ndim))
    if x.ndim == 0 and {axis1, axis2} <= {0, -1}:  # as in PyTorch
        return permute(x)
    try:
        order[axis1], order[axis2] = order[axis2], order[axis1]
    except IndexError:
        raise ShapeError("transpose", f"expected two axes of shape {x.shape}, got {axis1} and {axis2}") from None
    return permute(x, *order)


def matrix_transpose(x: Any) -> Tensor:
    """Return the transpose of a matrix: rows become columns."""
    x = as_tensor(x)
    if x.ndim != 2:
        raise ShapeError(".T", f"expected a Tensor with two axes, got shape {x.shape}; use transpose or permute")
    return permute(x, 1, 0)


def getitem(x: Tensor, index: Any) -> Tensor:
    """x[index]: slices, integers, integer arrays, boolean masks, None and ..., as in NumPy."""
    index = plain_index(index)
    return record(part_of(x.data, index), (x,), getitem_backward, saved=(index,))


def getitem_backward(grad: Array, x: Tensor, index: Any) -> tuple[Any, ...]:
    """dL/dx = grad where an element was picked, summed if it was picked more than once; 0 elsewhere."""
    full = np.zeros(x.shape, dtype=grad.dtype)
    if may_repeat(index):
        np.add.at(full, index, grad)
    else:
        full[index] = grad
    return (full,)


def part_of(array: Array, index: Any) -> Array:
    """Return array[index]. A single element comes as a 0-d view, not as NumPy's scalar."""
    part = array[index]
    if isinstance(part, np.ndarray):
        return part
    return np.asarray(array[(*index, ...) if isinstance(index, tuple) else (index, ...)])


def may_repeat(index: Any) -> bool:
    """Whether an index can pick an element twice: only an array of integers (or what NumPy makes into one) can."""
    parts = index if isinstance(index, tuple) else (index,)
    once = int | np.integer | slice | None
    return not all(part is ... or isinstance(part, once) or np.asarray(part).dtype == np.bool_ for part in parts)


@require_numpy_names
def concatenate(tensors: Sequence[Any], axis: int = 0) -> Tensor:
    """Join tensors along an existing axis. The other axes must match."""
    if axis is None:
        raise TypeError("concatenate: expected axis to be an int, got None; flatten the tensors first")
    parents = as_tensors_of_one_dtype("concatenate", tensors)
    try:
        out = np.concatenate([parent.data for parent in parents], axis=axis)
    except ValueError:
        problem = f"expected shapes that match except along axis {axis}, got {[p.shape for p in parents]}"
        raise ShapeError("concatenate", problem) from None
    return record(out, parents, concatenate_backward, saved=(axis,))


def concatenate_backward(grad: Array, *parents_and_axis: Any) -> tuple[Any, ...]:
    """dL/dx_i = the part of grad that belongs to x_i."""
    *parents, axis = parents_and_axis
    ends = np.cumsum([parent.shape[axis] for parent in parents])
    return tuple(np.split(grad, ends[:-1], axis=axis))


@require_numpy_names
def stack(tensors: Sequence[Any], axis: int = 0) -> Tensor:
    """Join tensors of equal shape along a new axis."""
    parents = as_tensors_of_one_dtype("stack", tensors)
    try:
        out = np.stack([parent.data for parent in parents], axis=axis)
    except ValueError:
        problem = f"expected equal shapes with room for a new axis {axis}, got {[p.shape for p in parents]}"
        raise ShapeError("stack", problem) from None
    return record(out, parents, stack_backward, saved=(axis,))


def stack_backward(grad: Array, *parents_and_axis: Any) -> tuple[Any, ...]:
    """dL/dx_i = grad's slice i along the new axis."""
    return tuple(np.moveaxis(grad, parents_and_axis[-1], 0))


def as_tensors_of_one_dtype(operation: str, values: Sequence[Any]) -> tuple[Tensor, ...]:
    """Return the values as Tensors of one dtype. Arrays and numbers take the dtype of the Tensors among the values."""
    if isinstance(values, Tensor) or len(values) == 0:
        raise ShapeError(operation, f"expected a list of at least one tensor, got {values!r}")
    given = [value for value in values if isinstance(value, Tensor)] or [as_tensor(value) for value in values]
    dtype = common_dtype(*given)
    return tuple(cast(as_tensor(value, like=given[0]), dtype) for value in values)


def plain_index(index: Any) -> Any:
    """Return the index with its Tensors replaced by their arrays."""
    if isinstance(index, tuple):
        return tuple(plain_index(part) for part in index)
    array = index.data if isinstance(index, Tensor) else index
    if isinstance(array, np.ndarray) and array.ndim == 0 and array.dtype.kind in "iu":
        return int(array)  # an int gives a view, as in PyTorch; NumPy would copy
    return array
