"""Tensors from scratch, under PyTorch's names: tensor, from_numpy, zeros, ones, randn."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.autograd.tensor import Array, Tensor, as_array
from tinygrad_dropout.rng import generator


def tensor(data: Any, *, dtype: npt.DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """A new leaf with a copy of `data`. (`td.Tensor(array)` shares the array.)

    Args:
        data: an array, a number or numbers in nested lists; Python floats become float32.
        dtype: the dtype to convert to.
        requires_grad: whether `backward()` should leave a gradient in `.grad`.
    """
    return Tensor(as_array(data, dtype).copy(), requires_grad)


def from_numpy(array: Array) -> Tensor:
    """A new leaf over this array: a change of either is seen in the other.

    Raises:
        TypeError: not an ndarray.
    """
    if not isinstance(array, np.ndarray):
        raise TypeError(
            f"from_numpy: expected an ndarray, got {type(array).__name__}; td.tensor takes lists and numbers"
        )
    return Tensor(array)


def zeros(*shape: int | tuple[int, ...], dtype: npt.DTypeLike = np.float32, requires_grad: bool = False) -> Tensor:
    """A leaf of zeros; the lengths of its axes apart or as a tuple."""
    return Tensor(np.zeros(lengths(shape), dtype), requires_grad)


def ones(*shape: int | tuple[int, ...], dtype: npt.DTypeLike = np.float32, requires_grad: bool = False) -> Tensor:
    """A leaf of ones; the lengths of its axes apart or as a tuple."""
    return Tensor(np.ones(lengths(shape), dtype), requires_grad)


def randn(
    *shape: int | tuple[int, ...],
    dtype: npt.DTypeLike = np.float32,
    requires_grad: bool = False,
    rng: np.random.Generator | None = None,
) -> Tensor:
    """A leaf of independent draws from N(0, 1); the lengths of its axes apart or as a tuple.

    Args:
        rng: the generator to draw from; the framework's own (see `td.manual_seed`) if None.
    """
    drawn = generator("randn", rng).standard_normal(lengths(shape))
    return Tensor(np.asarray(drawn, dtype), requires_grad)


def lengths(arguments: tuple[Any, ...]) -> tuple[int, ...]:
    """f(2, 3) and f((2, 3)) both mean (2, 3)."""
    if len(arguments) == 1 and isinstance(arguments[0], tuple | list):
        return tuple(arguments[0])
    return arguments
