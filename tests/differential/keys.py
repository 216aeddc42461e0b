"""Keys for indexing: x[key]."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.differential.draw import Draw
from tests.differential.leaves import Shape, some_booleans


def some_key(draw: Draw, shape: Shape) -> Any:
    """A key for an array of this shape; sometimes one that does not fit."""
    how = draw.below(10)
    if not shape:
        return draw.pick([..., None, (), (None, ...), np.array(True), 0])
    if how == 0:
        return some_slice(draw, shape[0])
    if how == 1:
        return some_index(draw, shape[0])
    if how in (2, 3):
        return basic_key(draw, shape)
    if how == 4:
        return some_indices(draw, shape[0])
    if how == 5:
        return some_booleans(draw, shape)
    if how == 6:
        return some_booleans(draw, shape[:1])
    if how == 7 and len(shape) > 1:
        return (slice(None), some_indices(draw, shape[1])) if draw.below(2) else (..., some_indices(draw, shape[-1]))
    if how == 8 and len(shape) > 1:
        rows, columns = some_indices(draw, shape[0]), some_indices(draw, shape[1])
        return (rows[:1], columns) if draw.below(2) else (rows.reshape(-1, 1), columns)
    if how == 9 and len(shape) > 1:
        if len(shape) > 2 and draw.below(2):
            return some_indices(draw, shape[0])[:2], slice(None), some_indices(draw, shape[2])[:1]
        return some_booleans(draw, shape[:1]), some_slice(draw, shape[1])
    return [int(place) for place in some_indices(draw, shape[0])]


def some_slice(draw: Draw, length: int) -> slice:
    """A slice; PyTorch has no negative steps."""
    ends = [None, 1, -1, 0, length, 2]
    return slice(draw.pick(ends), draw.pick(ends), draw.pick([None, 1, 2]))


def some_index(draw: Draw, length: int) -> int:
    """An index on an axis, sometimes one that does not exist."""
    return draw.pick(range(-length, length + draw.rarely(8)) or [0])


def some_indices(draw: Draw, length: int) -> np.ndarray:
    """Indices on an axis, some of them repeated."""
    count = draw.below(4) if length else 0
    return np.array([some_index(draw, length) for _ in range(count)], dtype=np.int64)


def basic_key(draw: Draw, shape: Shape) -> tuple[Any, ...]:
    """Slices and indices, sometimes with None and ... among them."""
    key: list[Any] = []
    for length in shape[: 1 + draw.below(len(shape))]:
        if draw.below(5) == 4:
            key.append(None)
        key.append(some_slice(draw, length) if draw.below(3) else some_index(draw, length))
    if len(key) < len(shape) or draw.below(2):
        key.insert(draw.below(len(key) + 1) if len(key) == len(shape) else len(key), ...)
    return tuple(key)
