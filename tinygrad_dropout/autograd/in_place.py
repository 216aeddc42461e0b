"""In-place changes such as `p -= lr * p.grad`, and how backward notices that a value it needs has changed.

Most backward functions read values from the forward pass: the backward of x * y reads x and y. If an optimizer's step,
`p -= ...` or a loaded state_dict changed such a value before backward ran, the gradient would be wrong, so `backward()`
raises an error.

Every change is noted here with a number from the counter that also numbers the Tensors, so "changed after this node was
made" is a comparison of two numbers. Changes are noted by memory, which views and detached Tensors share.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from threading import Lock
from typing import Any
from weakref import ref

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_tensor
from tinygrad_dropout.autograd.grad_mode import is_grad_enabled
from tinygrad_dropout.autograd.naming import input_name, saved_name
from tinygrad_dropout.autograd.tensor import Array, Tensor, next_number, operation_name
from tinygrad_dropout.errors import ShapeError

EVERYTHING = (0, sys.maxsize)  # a span of addresses: of the first byte, and of the byte after the last
MAX_SPANS = 100  # noted per array; beyond that, the whole array counts as changed


def update_in_place(tensor: Tensor, ufunc: np.ufunc, operation: Callable[[Any, Any], Tensor], other: Any) -> Tensor:
    """Carry out `tensor += other` and its relatives, as PyTorch does.

    If the result must be differentiable, it is recorded as `tensor + other`, and the variable then names this new
    Tensor. Otherwise (under `no_grad`, or if neither side requires gradients) `tensor.data` itself changes. That is why
    `p -= lr * p.grad` works in a loop over parameters.

    Args:
        tensor: the left side.
        ufunc: the NumPy function that changes the array.
        operation: its differentiable version.
        other: the right side: a Tensor, an array or a number that broadcasts to the left side's shape.

    Raises:
        RuntimeError: the left side is a leaf that requires gradients, and gradients are being recorded.
        ShapeError: the right side does not broadcast to the left side's shape.
        TypeError: the result does not fit the left side's dtype, as for an integer Tensor and 0.5.
    """
    requires_grad = tensor.requires_grad or (isinstance(other, Tensor) and other.requires_grad)
    if requires_grad and is_grad_enabled():
        if tensor.requires_grad and tensor.is_leaf:
            raise RuntimeError(
                f"{ufunc.__name__} in place: a leaf that requires gradients cannot change while operations are "
                "recorded; to update a weight, write: with td.no_grad(): w -= lr * w.grad"
            )
        return operation(tensor, other)
    array, value = tensor.data, as_tensor(other, like=tensor).data
    if array.dtype.kind in "iu" and value.dtype.kind in "iub":
        value = value.astype(array.dtype)  # among integers, the left side's dtype wins, as in PyTorch
    name = f"{ufunc.__name__} in place"
    try:
        if array.dtype.kind != "f":
            ufunc(array, value)  # integers can fail halfway, as in 2 ** -1: fail before writing
        ufunc(array, value, out=array, casting="same_kind")
    except ValueError as error:
        if "broadcast" in str(error):
            problem = f"expected a right side that broadcasts to {array.shape}, got {value.shape}"
            raise ShapeError(name, problem) from None
        raise ValueError(f"{name}: expected a writable Tensor that can hold the result; {error}") from None
    except TypeError as error:
        raise TypeError(f"{name}: expected a result that fits the Tensor's dtype, {array.dtype}; {error}") from None
    note_change(array)
    return tensor


class Changed:
    """What was changed in the memory of one array: spans of addresses, each with the number of its latest change."""

    def __init__(self, owner: Array) -> None:
        key = id(owner)
        self.owner = ref(owner, lambda _: changes.pop(key, None))  # dropped together with the memory
        self.spans: dict[tuple[int, int], int] = {}


changes: dict[int, Changed] = {}  # by the id of the array that owns the memory
latest_change = -1  # the number of the latest change to any array
lock = Lock()


def note_change(array: Array) -> None:
    """Note that the numbers in this array have just been changed."""
    global latest_change
    owner = memory_owner(array)
    span = EVERYTHING if owner is array else np.lib.array_utils.byte_bounds(array)
    with lock:
        changed = changes.get(id(owner))
        if changed is None:
            changed = changes[id(owner)] = Changed(owner)
        if len(changed.spans) == MAX_SPANS and span not in changed.spans:
            changed.spans.clear()
            span = EVERYTHING
        latest_change = changed.spans[span] = next_number()


def changed_since(number: int, value: Any) -> bool:
    """Whether an array, or one in a tuple, list or dict, has changed since the Tensor with this number was made."""
    if isinstance(value, tuple | list):
        return any(changed_since(number, part) for part in value)
    if isinstance(value, dict):
        return changed_since(number, list(value.values()))
    if not isinstance(value, np.ndarray) or (changed := changes.get(id(memory_owner(value)))) is None:
        return False
    first, end = np.lib.array_utils.byte_bounds(value)
    return any(when > number and start < end and first < stop for (start, stop), when in list(changed.spans.items()))


def memory_owner(array: Array) -> Array:
    """Return the array that owns this array's memory: through any number of views, or the array itself."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


class Unreadable:
    """Stands in for a parent whose data has changed: everything except `data` can still be read."""

    def __init__(self, node: Tensor, index: int) -> None:
        self._node = node
        self._index = index

    def __getattr__(self, name: str) -> Any:
        parent = self._node._parents[self._index]
        if name == "data":
            raise changed_error(self._node, input_name(parent, self._index))
        return getattr(parent, name)


def guarded_inputs(node: Tensor) -> tuple[Any, ...]:
    """Return a node's parents and saved values for its backward function, which can't read data that has changed.

    Raises:
        RuntimeError: a saved array has changed since the node was made. (A changed parent raises when it is read.)
    """
    for index, value in enumerate(node._saved):
        if changed_since(node._number, value):
            raise changed_error(node, saved_name(node, index))
    parents = (
        Unreadable(node, index) if changed_since(node._number, parent.data) else parent
        for index, parent in enumerate(node._parents)
    )
    return (*parents, *node._saved)


def changed_error(node: Tensor, what: str) -> RuntimeError:
    """Make the error for a value that backward needs and that has changed since the forward pass."""
    return RuntimeError(
        f"backward of {operation_name(node._backward)}: expected {what} to be as it was in the forward pass, but it "
        "has changed since (by an optimizer's step, load_state_dict or an in-place operator), and the gradient "
        "would be wrong; call backward() before the change, or run the forward pass again after it"
    )
