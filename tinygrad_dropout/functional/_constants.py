"""Small read-only arrays, each made once, because a network needs the same few at every step."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.tensor import Array


@lru_cache(maxsize=64)
def number(value: float, dtype: np.dtype[Any]) -> Array:
    """Return a number as a 0-d array, with which NumPy computes faster than with a Python number."""
    return read_only(np.array(value, dtype))


@lru_cache(maxsize=16)
def ones(count: int, dtype: np.dtype[Any]) -> Array:
    """Return a vector of ones."""
    return read_only(np.ones(count, dtype))


@lru_cache(maxsize=16)
def row_numbers(count: int) -> Array:
    """Return 0, 1, ... count - 1."""
    return read_only(np.arange(count))


def read_only(array: Array) -> Array:
    """Make the array read-only, and return it."""
    array.setflags(write=False)
    return array
