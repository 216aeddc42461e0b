"""The memory of large gradients, used again.

The system hands out every large new array page by page, each cleared before it is written: for the gradient of a
weight of 4096 x 4096 that costs more than a tenth of the product that fills it. So an optimiser's `zero_grad()` offers
the arrays that it lets go of, and `linear_backward` writes into them.

Nobody can see it: an array that has once been read from `.grad` belongs to its reader, too, and is never offered. And
it costs no memory: only a gradient that came through here is offered, and one that nobody has taken before the next
`zero_grad()` is let go.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from tinygrad_dropout.tensor import Array, Tensor

LARGE = 2**25  # bytes; what is smaller than 32 MiB the C library keeps at hand by itself, once the first was freed

#: The tensors whose gradients ask for memory here, each with what has been offered for the next one.
_spare: WeakKeyDictionary[Tensor, Array | None] = WeakKeyDictionary()


def offer_grad(tensor: Tensor) -> None:
    """Keep the array in `tensor.grad`, which is about to be dropped, if it is large and nobody else can hold it."""
    if tensor.data.nbytes < LARGE or tensor not in _spare:
        return
    grad, unclaimed = tensor._grad, _spare.get(tensor)
    if grad is None or unclaimed is not None or tensor._grad_was_read or not grad.flags.c_contiguous:
        _spare.pop(tensor, None)
    else:
        _spare[tensor] = grad


def take(tensor: Tensor, dtype: np.dtype[Any]) -> Array | None:
    """An array of the tensor's shape and this dtype to overwrite; None (so that NumPy makes one) if there is none."""
    if tensor.size * dtype.itemsize < LARGE:  # not tensor.data: detect_anomaly takes that for a look at its numbers
        return None
    array = _spare.pop(tensor, None)  # off at once: another thread may ask, too
    _spare[tensor] = None
    return array if array is not None and array.shape == tensor.shape and array.dtype == dtype else None
