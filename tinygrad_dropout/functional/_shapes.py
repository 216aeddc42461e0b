"""The same elements in another arrangement: reshape, permute, index, concatenate and their like; and a copy.

Backward undoes the arrangement; no arithmetic happens, except that an element picked twice gets two gradients.
Flatten, squeeze and unsqueeze are recorded as the reshape that they are, transpose and .T as a permute.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.creation import lengths
from tinygrad_dropout.autograd.dtypes import as_tensor, cast, common_dtype
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Axis, Tensor
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.functional._axes import checked_axis, numpys_names


def reshape(x: Any, *shape: Any) -> Tensor:
    """The elements in the same order in another shape, given as lengths or as a tuple; one length may be -1."""
    x = as_tensor(x)
    shape = lengths(shape)
    try:
        out = x.data.reshape(shape)
    except ValueError:
        raise ShapeError("reshape", f"expected a shape of {x.size} elements for {x.shape}, got {shape}") from None
    return record(out, (x,), reshape_backward)


def reshape_backward(grad: Array, x: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad in x's shape."""
    return (grad.reshape(x.shape),)


def clone(x: Any) -> Tensor:
    """A copy of x that gradients flow through: a change in place of either leaves the other as it is."""
    x = as_tensor(x)
    return record(x.data.copy(), (x,), clone_backward)


def clone_backward(grad: Array, x: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad."""
    return (grad,)


def flatten(x: Any) -> Tensor:
    """All elements in one axis."""
    return reshape(x, -1)


@numpys_names
def squeeze(x: Any, axis: Axis = None) -> Tensor:
    """Remove the axes of length 1, or only those that `axis` names, which must have length 1."""
    x = as_tensor(x)
    axis = checked_axis(x, axis)
    try:
        out = x.data.squeeze(axis)
    except ValueError as error:
        raise ShapeError("squeeze", f"expected axis {axis} to have length 1, got shape {x.shape} ({error})") from None
    return record(out, (x,), reshape_backward)


@numpys_names
def unsqueeze(x: Any, axis: int) -> Tensor:
    """Insert an axis of length 1 at position `axis`."""
    x = as_tensor(x)
    try:
        out = np.expand_dims(x.data, axis)
    except np.exceptions.AxisError as error:
        raise ShapeError("unsqueeze", f"expected a place for an axis in {x.shape}, got axis={axis}: {error}") from None
    return record(out, (x,), reshape_backward)


def permute(x: Any, *axes: Any) -> Tensor:
    """Reorder the axes: axis i of the result is axis axes[i] of x."""
    x = as_tensor(x)
    axes = lengths(axes)
    try:
        out = x.data.transpose(axes)
    except ValueError:
        raise ShapeError("permute", f"expected each of the {x.ndim} axes of {x.shape} once, got {axes}") from None
    return record(out, (x,), permute_backward, saved=(axes,))


def permute_backward(grad: Array, x: Tensor, axes: tuple[int, ...]) -> tuple[Any, ...]:
    """dL/dx = grad with its axes in x's order: the inverse permutation."""
    return (grad.transpose(np.argsort([axis % x.ndim for axis in axes])),)


def transpose(x: Any, axis1: int, axis2: int) -> Tensor:
    """Exchange two axes."""
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
    """The transpose of a matrix: rows become columns."""
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
    """array[index]; for a single element too, a view (NumPy gives a scalar)."""
    part = array[index]
    if isinstance(part, np.ndarray):
        return part
    return np.asarray(array[(*index, ...) if isinstance(index, tuple) else (index, ...)])


def may_repeat(index: Any) -> bool:
    """Only an array of integers (or what NumPy converts to one) can pick an element more than once."""
    parts = index if isinstance(index, tuple) else (index,)
    once = int | np.integer | slice | None
    return not all(part is ... or isinstance(part, once) or np.asarray(part).dtype == np.bool_ for part in parts)


@numpys_names
def concatenate(tensors: Sequence[Any], axis: int = 0) -> Tensor:
    """Join tensors along an axis that they have; the other axes must agree."""
    if axis is None:
        raise TypeError("concatenate: expected axis to be an int, got None; flatten the tensors first")
    parents = tensors_alike("concatenate", tensors)
    try:
        out = np.concatenate([parent.data for parent in parents], axis=axis)
    except ValueError:
        problem = f"expected shapes that agree except along axis {axis}, got {[p.shape for p in parents]}"
        raise ShapeError("concatenate", problem) from None
    return record(out, parents, concatenate_backward, saved=(axis,))


def concatenate_backward(grad: Array, *parents_and_axis: Any) -> tuple[Any, ...]:
    """dL/dx_i = the part of grad that belongs to x_i."""
    *parents, axis = parents_and_axis
    ends = np.cumsum([parent.shape[axis] for parent in parents])
    return tuple(np.split(grad, ends[:-1], axis=axis))


@numpys_names
def stack(tensors: Sequence[Any], axis: int = 0) -> Tensor:
    """Join tensors of one shape along a new axis."""
    parents = tensors_alike("stack", tensors)
    try:
        out = np.stack([parent.data for parent in parents], axis=axis)
    except ValueError:
        problem = f"expected equal shapes and a place for axis {axis} in them, got {[p.shape for p in parents]}"
        raise ShapeError("stack", problem) from None
    return record(out, parents, stack_backward, saved=(axis,))


def stack_backward(grad: Array, *parents_and_axis: Any) -> tuple[Any, ...]:
    """dL/dx_i = grad's slice i along the new axis."""
    return tuple(np.moveaxis(grad, parents_and_axis[-1], 0))


def tensors_alike(operation: str, values: Sequence[Any]) -> tuple[Tensor, ...]:
    """Return the values as Tensors of one dtype: that of the Tensors among them, which arrays and numbers take too."""
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
        return int(array)  # as in PyTorch: a view, where NumPy would make a copy
    return array
