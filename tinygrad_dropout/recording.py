"""How a result comes to remember how it was made.

`record` is all that an operation must do for its result to be differentiable: hand over the result, the Tensors it
was made from (its parents), the function that turns a gradient of the result into gradients of the parents, and
whatever that function needs besides.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.grad_mode import current_mode
from tinygrad_dropout.tensor import Backward, Tensor, next_number, operation_name

new_tensor = Tensor.__new__
ndarray = np.ndarray
FLOAT64 = np.dtype(np.float64)  # to compare with `is`, which is quicker than ==: NumPy has one object for it


def record(out: Any, parents: tuple[Tensor, ...], backward: Backward, saved: tuple[Any, ...] = ()) -> Tensor:
    """The result of an operation as a Tensor that remembers how it was made, if a parent requires gradients.

    Args:
        out: the result, an ndarray (or the NumPy scalar that a 0-d computation gives).
        parents: the Tensors it was computed from.
        backward: `backward(grad, *parents, *saved)` gets dL/d(out), an ndarray of out's shape that it may overwrite,
            and returns a tuple with dL/d(parent) for each parent: an array that it gives away (the engine adds to it,
            so it is no other entry's, no saved array and not read-only; `detect_anomaly` and `gradcheck` watch over
            that), of the parent's shape or of the shape that the parent was broadcast to (the engine sums it back);
            or None if that parent needs none.
        saved: what backward needs beyond the parents. Arrays among them must not change before backward has run.
    """
    tensor = new_tensor(Tensor)  # not Tensor(out): its checks would cost more than all the rest
    tensor.data = out if type(out) is ndarray else np.asarray(out)
    tensor._grad = tensor.name = None
    tensor._number = next_number()
    tensor._retains_grad = False
    mode = current_mode.get()
    for parent in parents:
        if parent.requires_grad and mode.grad:
            tensor.requires_grad = True
            tensor._parents, tensor._backward, tensor._saved = parents, backward, saved
            break
    else:
        tensor.requires_grad = False
        tensor._parents, tensor._backward, tensor._saved = (), None, ()
        if tensor.data.dtype is FLOAT64 and all(parent.data.dtype.kind != "f" for parent in parents):
            tensor.data = tensor.data.astype(np.float32)  # the floats that integers lead to, as in PyTorch
    if mode.watchers:
        for watcher in mode.watchers:
            watcher.after_forward(tensor, parents, operation_name(backward))
    return tensor


def as_tensor(value: Any, like: Tensor | None = None) -> Tensor:
    """`value` itself if it is a Tensor, else a new leaf in the dtype of the Tensor that it meets.

    An integer Tensor keeps out of this: 2.5 beside it stays 2.5.
    """
    if isinstance(value, Tensor):
        return value
    if like is not None and like.data.dtype.kind == "f":
        return Tensor(value, dtype=like.data.dtype)
    return Tensor(value)


def operands(x: Any, y: Any) -> tuple[Tensor, Tensor]:
    """Both operands of a binary operation as Tensors.

    An integer Tensor beside a floating one takes its dtype, as in PyTorch (NumPy would make float64 of int64 and
    float32). Two floating dtypes are left to NumPy, which takes the wider.
    """
    if not isinstance(x, Tensor):
        y = as_tensor(y)
        x = as_tensor(x, like=y)
    elif not isinstance(y, Tensor):
        y = as_tensor(y, like=x)
    if x.data.dtype is not y.data.dtype:
        if x.data.dtype.kind != "f" and y.data.dtype.kind == "f":
            x = Tensor(x.data, dtype=y.data.dtype)
        elif y.data.dtype.kind != "f" and x.data.dtype.kind == "f":
            y = Tensor(y.data, dtype=x.data.dtype)
    return x, y
