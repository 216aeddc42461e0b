"""Gaussian dropout: multiply each element by noise around 1, where dropout multiplies it by 0 or 1 / (1 - p)."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.functional._dropout import as_floating_tensor, cannot_change
from tinygrad_dropout.functional._masks import checked_probability, draw_noise


def gaussian_dropout(
    x: Any,
    p: float = 0.5,
    training: bool = True,
    *,
    noise: Array | None = None,
    rng: np.random.Generator | None = None,
) -> Tensor:
    """Multiply each element of x by noise of mean 1 while training; leave x unchanged at test time.

        training    x * z,   z_i ~ N(1, p / (1 - p)) independently
        test        x

    A dropout mask scaled by 1 / (1 - p) has the same mean 1 and the same variance p / (1 - p), so p means the same here
    as in `dropout`, though no element becomes exactly 0. See Srivastava et al., JMLR 15 (2014), section 10: their
    variance is (1 - q) / q for a unit kept with probability q = 1 - p.

    Args:
        x: any shape, a floating dtype.
        p: the p of a `dropout` of the same strength, 0 <= p < 1. At p = 1 the variance would be infinite.
        training: whether to multiply at all.
        noise: floating array of x's shape to multiply by. If None, new noise is drawn.
        rng: the generator to draw from; the framework's own (see `td.manual_seed`) if None.

    Returns:
        Tensor of x's shape and dtype.

    Raises:
        ValueError: p is outside [0, 1).
        ShapeError: the noise's shape is not x's.
        TypeError: the noise is not a floating array, or x is not of a floating dtype.
    """
    tensor = as_floating_tensor("gaussian_dropout", x)
    array = tensor.data
    p = checked_gaussian_p("gaussian_dropout", p)
    if not training:
        return tensor
    noise = draw_noise(array.shape, p, array.dtype, rng) if noise is None else checked_noise(noise, array)
    return record(array * noise, (tensor,), gaussian_dropout_backward, saved=(noise,))


def gaussian_dropout_backward(grad: Array, x: Tensor, noise: Array) -> tuple[Any, ...]:
    """dL/dx = grad * noise: the same noise as in the forward."""
    return (grad * noise,)


def checked_gaussian_p(where: str, p: float) -> float:
    """Return p as a Python float if p / (1 - p) is finite."""
    p = checked_probability(where, p)
    if p == 1:
        raise ValueError(f"{where}: expected p below 1, because the noise has variance p / (1 - p); got 1")
    return p


def checked_noise(noise: Any, x: Array) -> Array:
    """Check that the noise is floating and has x's shape; return it in x's dtype, copied unless it `cannot_change`."""
    if not isinstance(noise, np.ndarray) or noise.dtype.kind != "f":
        given = f"an array of {noise.dtype}" if isinstance(noise, np.ndarray) else type(noise).__name__
        raise TypeError(f"gaussian_dropout: expected the noise to be a floating array, got {given}")
    if noise.shape != x.shape:
        problem = f"expected the noise to have the input's shape {x.shape}, got {noise.shape}"
        raise ShapeError("gaussian_dropout", problem)
    return noise.astype(x.dtype, copy=not cannot_change(noise))
