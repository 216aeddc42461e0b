"""How a result comes to remember how it was made.

An operation makes its result differentiable by calling `record` with the result, the Tensors it was made from (its
parents), the function that turns a gradient of the result into gradients of the parents, and anything else that
function needs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.autograd.grad_mode import current_mode
from tinygrad_dropout.autograd.tensor import Backward, Tensor, next_number, operation_name

new_tensor, ndarray = Tensor.__new__, np.ndarray  # looked up once: record runs for every operation


def record(out: Any, parents: tuple[Tensor, ...], backward: Backward, saved: tuple[Any, ...] = ()) -> Tensor:
    """Return the result of an operation as a Tensor that remembers how it was made, if a parent requires gradients.

    Args:
        out: the result, an ndarray (or the NumPy scalar that a 0-d computation gives).
        parents: the Tensors it was computed from.
        backward: `backward(grad, *parents, *saved)` gets dL/d(out), an ndarray of out's shape that it may overwrite.
            It returns a tuple with dL/d(parent) for each parent, or None for a parent that needs no gradient. Each
            gradient is a writable array that shares no memory with any other array, because the engine adds to it in
            place. (One of them may be `grad` itself.) `detect_anomaly` and `gradcheck` check this. A gradient has its
            parent's shape, or the shape that the parent was broadcast to (the engine sums it back).
        saved: anything else that backward needs, such as a dropout mask. Arrays in it must not change before backward
            has run.
    """
    tensor = new_tensor(Tensor)  # not Tensor(out), whose checks cost more than the rest of this function
    tensor.data = out if type(out) is ndarray else np.asarray(out)
    tensor.name = tensor._grad = None
    tensor._retains_grad = False
    tensor._number = next_number()
    mode = current_mode.get()
    for parent in parents:  # a loop with an else, because any(...) would cost a long chain 10%
        if parent._requires_grad and mode.recording:
            tensor._requires_grad = True
            tensor._parents, tensor._backward, tensor._saved = parents, backward, saved
            break
    else:
        tensor._requires_grad = False
        tensor._parents, tensor._backward, tensor._saved = (), None, ()
    for watcher in mode.watchers:
        watcher.after_forward(tensor, parents, operation_name(backward))
    return tensor
