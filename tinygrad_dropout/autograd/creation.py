"""Tensors from scratch, under PyTorch's names: tensor, from_numpy, zeros, ones, randn."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.autograd.tensor import Array, Tensor, as_array
from tinygrad_dropout.rng import resolve_rng


def tensor(data: Any, *, dtype: npt.DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """Make a new leaf from a copy of `data`. (`td.Tensor(array)` shares the array instead.)

    Args:
        data: an array, a number or numbers in nested lists; Python floats become float32.
        dtype: the dtype to convert to.
        requires_grad: whether `backward()` should leave a gradient in `.grad`.
    """
    return Tensor(as_array(data, dtype).copy(), requires_grad)


def from_numpy(array: Array) -> Tensor:
    """Make a new leaf that shares its memory with `array`: a change to one changes the other.

    Raises:
        TypeError: `array` is not an ndarray.
    """
    if not isinstance(array, np.ndarray):
        raise TypeError(
            f"from_numpy: expected an ndarray, got {type(array).__name__}; td.tensor takes lists and numbers"
        )
    return Tensor(array)


def zeros(*shape: int | tuple[int, ...], dtype: npt.DTypeLike = np.float32, requires_grad: bool = False) -> Tensor:
    """Make a leaf of zeros. Give its shape as separate lengths or as one tuple."""
    return Tensor(np.zeros(as_tuple(shape), dtype), requires_grad)


def ones(*shape: int | tuple[int, ...], dtype: npt.DTypeLike = np.float32, requires_grad: bool = False) -> Tensor:
    """Make a leaf of ones. Give its shape as separate lengths or as one tuple."""
    return Tensor(np.ones(as_tuple(shape), dtype), requires_grad)


def randn(
    *shape: int | tuple[int, ...],
    dtype: npt.DTypeLike = np.float32,
    requires_grad: bool = False,
    rng: np.random.Generator | None = None,
) -> Tensor:
    """Make a leaf of independent draws from N(0, 1). Give its shape as separate lengths or as one tuple.

    Args:
        rng: the generator to draw from; the framework's own (see `td.manual_seed`) if None.
    """
    drawn = resolve_rng("randn", rng).standard_normal(as_tuple(shape))
    return Tensor(np.asarray(drawn, dtype), requires_grad)


def as_tuple(arguments: tuple[Any, ...]) -> tuple[int, ...]:
    """Return the arguments as one tuple: f(2, 3) and f((2, 3)) both give (2, 3)."""
    if len(arguments) == 1 and isinstance(arguments[0], tuple | list):
        return tuple(arguments[0])
    return arguments
