"""The part of an array that is shown: all of it up to 8 x 8; otherwise its size, its range and a corner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.tensor import Array

MAX_ROWS = MAX_COLUMNS = 8


@dataclass(frozen=True)
class ArrayPreview:
    """An array, and the part of it that is shown.

    Args:
        array: of any shape.
    """

    array: Array

    @cached_property
    def entries(self) -> Array:
        """The flat indices of the entries that are shown: int ndarray with two axes, at most 8 x 8."""
        indices = np.arange(self.array.size).reshape(self.array.shape)
        if not self.array.size:
            return np.zeros((0, 0), dtype=int)
        indices = indices[(0,) * (self.array.ndim - 2)] if self.array.ndim > 2 else np.atleast_2d(indices)
        return np.asarray(indices[:MAX_ROWS, :MAX_COLUMNS])

    @property
    def table(self) -> Array:
        """The numbers of the entries that are shown."""
        return np.asarray(self.array.reshape(-1)[self.entries])

    @property
    def whole(self) -> bool:
        """Whether the whole array is shown."""
        return bool(self.entries.size == self.array.size)

    @property
    def part(self) -> str:
        """The part that is shown, as an index: `[0, 0:8, 0:8]`; "" if the whole array is shown."""
        if self.whole:
            return ""
        rows, columns = self.entries.shape
        last = [f"0:{rows}", f"0:{columns}"][-min(self.array.ndim, 2) :]
        return f"[{', '.join(['0'] * (self.array.ndim - 2) + last)}]"

    @property
    def range(self) -> dict[str, float]:
        """`min`, `max` and `norm` of the whole array; {} if it has no elements."""
        if not self.array.size:
            return {}
        numbers = self.array.astype(np.float64)
        return {"min": float(numbers.min()), "max": float(numbers.max()), "norm": float(np.linalg.norm(numbers))}

    def index(self, entry: int) -> str:
        """Return an entry's index in brackets: `[2, 0]`; "" if the array is a single number."""
        if not self.array.ndim:
            return ""
        return f"[{', '.join(map(str, np.unravel_index(entry, self.array.shape)))}]"


def number(value: Any, digits: int = 4) -> str:
    """Format a number in few characters: four significant digits by default, a true minus sign, no -0."""
    value = float(value)
    return f"{value + 0:.{digits}g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", "−")


def shape_text(shape: tuple[int, ...]) -> str:
    """Format a shape: `4 × 3`, or `a number` if it has no axes."""
    return " × ".join(map(str, shape)) if shape else "a number"


def times(count: int) -> str:
    """Format a count: `once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def axes_in_words(axes: Sequence[int]) -> str:
    """Format axes: `axis 0`, `axes 0 and 1`, `axes 0, 1 and 2`."""
    *others, last = map(str, axes)
    return f"axes {', '.join(others)} and {last}" if others else f"axis {last}"
