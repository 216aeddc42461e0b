"""Inputs for a learner's functions: numbers without coincidences, and the same numbers in other layouts."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def without_coincidences(rng: np.random.Generator, shape: tuple[int, ...], low: float, high: float) -> Array:
    """Random float64 numbers of both signs with sizes between low and high: no two sizes are equal, and none is 0."""
    size = int(np.prod(shape))
    step = (high - low) / max(size, 1)
    sizes = low + step * (np.arange(size) + rng.uniform(0, 0.9, size))
    signs = np.where(rng.permutation(size) % 2 == 0, 1.0, -1.0)
    return rng.permutation(sizes * signs).reshape(shape)


def other_layouts(array: Array) -> list[Array]:
    """The same numbers in other memory layouts: transposed, a slice with a step, and reversed."""
    if not array.ndim:
        return []
    spaced = np.zeros(tuple(2 * size for size in array.shape), array.dtype)[(slice(None, None, 2),) * array.ndim]
    spaced[...] = array
    return [np.asfortranarray(array), spaced, np.flip(np.flip(array).copy())]


def extremes(array: Array, place: int = 0) -> list[Array]:
    """The same floats times 10^9, times 10^-9, and with every third one set to 0, counted from `place`."""
    if array.dtype.kind != "f":
        return []
    zeros = (np.arange(array.size).reshape(array.shape) + place) % 3 == 0
    return [array * 1e9, array * 1e-9, np.where(zeros, array.dtype.type(0), array)]


def copied(argument: Any) -> Any:
    """A copy of an array, in the same layout, or of a collection; generators and functions are passed on."""
    if isinstance(argument, np.ndarray):
        return copied_array(argument)
    if isinstance(argument, (list, tuple)):
        return type(argument)(map(copied, argument)) if type(argument) in (list, tuple) else deepcopy(argument)
    return deepcopy(argument) if isinstance(argument, (dict, set)) else argument


def copied_array(array: Array) -> Array:
    """A copy with the same strides; `array.copy()` would be contiguous."""
    if array.flags.c_contiguous or array.dtype.hasobject:
        return array.copy()
    low, high = np.lib.array_utils.byte_bounds(array)
    memory = bytearray(high - low)
    copy: Array = np.ndarray(array.shape, array.dtype, memory, array.ctypes.data - low, array.strides)
    copy[...] = array
    return copy
