"""Vectors of ones, kept: a product with one adds up, in half the time that NumPy's own sum takes for a small array."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from tinygrad_dropout.tensor import Array

SHORT = 4096  # numbers; a longer vector takes no notable time to make, and memory to keep


def ones(length: int, dtype: np.dtype[Any]) -> Array:
    """A read-only vector of ones: `ones(len(x), x.dtype).dot(x)` is the sum over the first axis."""
    return kept_ones(length, dtype) if length <= SHORT else np.ones(length, dtype)


@lru_cache(maxsize=64)
def kept_ones(length: int, dtype: np.dtype[Any]) -> Array:
    """Made at the first call, given out again at the next."""
    vector = np.ones(length, dtype=dtype)
    vector.flags.writeable = False
    return vector
