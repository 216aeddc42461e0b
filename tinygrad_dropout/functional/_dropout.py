"""Dropout: set each element to 0 with probability p, and pass no gradient back through the dropped elements.

Hinton et al. 2012 (arXiv:1207.0580); Srivastava et al., JMLR 15 (2014). Everything that drops units, channels or
weights in this package goes through this one function.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_tensor
from tinygrad_dropout.autograd.in_place import memory_owner
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.functional._arithmetic import multiply
from tinygrad_dropout.functional._constants import number
from tinygrad_dropout.functional._masks import checked_probability, checked_shared_axes, draw_mask, shared_shape


def dropout(
    x: Any,
    p: float = 0.5,
    training: bool = True,
    *,
    mask: Array | None = None,
    rng: np.random.Generator | None = None,
    scaling: str = "train",
    shared_axes: int | tuple[int, ...] = (),
) -> Tensor:
    """Drop each element of x with probability p while training, and scale so that test time matches on average.

    With m_i = 1 where element i is kept and 0 where it is dropped, so that E[m_i] = 1 - p:

        scaling    training           test (training=False)
        "train"    m * x / (1 - p)    x              inverted dropout, the usual form today
        "test"     m * x              x * (1 - p)    the original scheme of 2012 and 2014

    Either way the next layer sees the same expected input in both phases.

    Args:
        x: any shape, a floating dtype.
        p: the probability that an element is dropped, 0 <= p <= 1. It is not rounded.
        training: whether to drop at all.
        mask: boolean array of x's shape, True where the element is kept. If None, a new one is drawn.
        rng: the generator to draw from; the framework's own (see `td.manual_seed`) if None.
        scaling: "train" or "test".
        shared_axes: one or more axes of x (negative ones count from the end). The mask is drawn with length 1 along
            them, so all elements along them are kept or dropped together. A `mask` that you pass is used as it is.

            (N, C, H, W), shared_axes=(2, 3): whole channels, "spatial dropout" (Tompson et al. 2015, arXiv:1411.4280)
            (N, T, F), shared_axes=1: one mask across time (Gal & Ghahramani 2016, arXiv:1512.05287)

    Returns:
        Tensor of x's shape and dtype. At p = 1 it is all zeros.

    Raises:
        ValueError: p is outside [0, 1], the scaling is unknown, or the mask keeps elements although p = 1.
        ShapeError: the mask's shape is not x's, or x does not have the shared axes.
        TypeError: the mask is not boolean, the shared axes are not ints, or x is not of a floating dtype.
    """
    x = as_floating_tensor("dropout", x)
    p = checked_probability("dropout", p)
    scaling = checked_scaling("dropout", scaling)
    if type(shared_axes) is not tuple or shared_axes:
        shared_axes = checked_shared_axes("dropout", shared_axes)
        shared_shape(x.shape, shared_axes)  # raises for axes that x does not have, even if nothing is drawn
    if not training:
        return x if scaling == "train" else multiply(x, 1 - p)
    mask = draw_mask(x.shape, p, rng, shared_axes) if mask is None else checked_mask(mask, x.shape, p)
    return apply_mask(x, mask, p, scaling)


def apply_mask(x: Tensor, mask: Array, p: float, scaling: str) -> Tensor:
    """Apply a mask that has been drawn or checked: the last step of dropout's forward."""
    return record(multiply_by_mask(x.data, mask, p, scaling), (x,), dropout_backward, saved=(mask, p, scaling))


def dropout_backward(grad: Array, x: Tensor, mask: Array, p: float, scaling: str) -> tuple[Any, ...]:
    """dL/dx = grad * mask / (1 - p): a dropped unit gets no gradient. With scaling="test", dL/dx = grad * mask."""
    return (multiply_by_mask(grad, mask, p, scaling),)


def multiply_by_mask(array: Array, mask: Array, p: float, scaling: str) -> Array:
    """Return array * mask / (1 - p), or array * mask for scaling="test"."""
    if p == 1:
        return np.zeros(array.shape, array.dtype)
    out = mask.astype(array.dtype, order="C")  # NumPy multiplies faster by numbers than by booleans
    if scaling == "train":
        out *= number(1 / (1 - p), out.dtype)
    out *= array
    return out


def as_floating_tensor(where: str, x: Any) -> Tensor:
    """Return x as a Tensor of a floating dtype; integers can't be scaled by 1 / (1 - p)."""
    tensor = as_tensor(x)
    if tensor.data.dtype.kind != "f":
        raise TypeError(f"{where}: expected an input of a floating dtype, got {tensor.data.dtype}")
    return tensor


def checked_scaling(where: str, scaling: str) -> str:
    """Return the scaling if it is known, or raise an error that names both."""
    if scaling not in ("train", "test"):
        raise ValueError(f'{where}: expected scaling to be "train" or "test", got {scaling!r}')
    return scaling


def checked_mask(mask: Any, shape: tuple[int, ...], p: float) -> Array:
    """Check that the mask is boolean, has x's shape and agrees with p = 1. Copy it unless it `cannot_change`."""
    if isinstance(mask, np.bool_):  # a 0-d mask
        mask = np.asarray(mask)
    if not isinstance(mask, np.ndarray) or mask.dtype.kind != "b":
        given = f"an array of {mask.dtype}" if isinstance(mask, np.ndarray) else type(mask).__name__
        raise TypeError(f"dropout: expected the mask to be a boolean array, True where a unit is kept; got {given}")
    if mask.shape != shape:
        raise ShapeError("dropout", f"expected the mask to have the masked array's shape {shape}, got {mask.shape}")
    if p == 1 and mask.any():
        raise ValueError("dropout: expected a mask that keeps nothing at p = 1, got one that keeps units")
    return mask if cannot_change(mask) else mask.copy()


def cannot_change(array: Array) -> bool:
    """Return whether an array is sure to be the same in backward as it is now.

    A read-only view is not enough: writing to the array behind it changes the view, as for `np.broadcast_to`.
    """
    owner = memory_owner(array)
    return owner.flags.owndata and not owner.flags.writeable
