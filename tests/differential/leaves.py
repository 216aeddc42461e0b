"""The numbers that programs start from, with many dtypes, memory layouts and shapes, ties, zeros and empty axes."""

from __future__ import annotations

from math import prod

import numpy as np

from tests.differential.draw import Draw

Shape = tuple[int, ...]

FLOATS = ("float64", "float32", "float16")
INTEGERS = ("int64", "int32", "int16", "int8", "uint8", "bool")
SHAPES: tuple[Shape, ...] = (
    (), (3,), (2, 3), (3, 3), (1,), (1, 3), (2, 1), (2, 2), (4,), (3, 1, 2), (2, 2, 3), (2, 3), (1, 1), (3, 4),
    (0,), (2, 0), (0, 3), (2, 0, 3), (1, 2, 1), (2, 1, 2, 2),
)  # fmt: skip
LAYOUTS = ("contiguous", "transposed", "every other", "backwards")


def pools() -> dict[str, np.ndarray]:
    """Many numbers of each kind, from which a leaf takes consecutive ones."""
    rng = np.random.default_rng(8)
    special = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, 2.0, 0.5]
    return {
        "quarters": rng.integers(-8, 9, 600) / 4,  # exact in every dtype: ties, zeros
        "halves": rng.integers(-2, 3, 600) / 2,  # still more of them
        "any": rng.uniform(-2, 2, 600),
        "positive": rng.uniform(0.5, 2, 600),
        "special": rng.choice(special, 600),
    }


POOLS = pools()
KINDS_OF_NUMBERS = ("quarters", "any", "positive", "halves") * 4 + ("special",)


def some_array(draw: Draw, shape: Shape, dtype: str, numbers: str | None = None) -> np.ndarray:
    """An array of this shape and dtype, contiguous."""
    numbers = numbers or draw.pick(KINDS_OF_NUMBERS)
    start = draw.below(256)
    array = POOLS[numbers][start : start + prod(shape)].reshape(shape)
    if dtype in FLOATS:
        return array.astype(dtype)
    whole = np.rint(2 * np.nan_to_num(array, posinf=3, neginf=-3))
    return np.asarray(np.abs(whole) if dtype == "uint8" else whole).astype(dtype)


def some_booleans(draw: Draw, shape: Shape) -> np.ndarray:
    """A mask; about half of it is True."""
    return np.asarray(some_array(draw, shape, "float64", "any") < 0.1)


def some_labels(draw: Draw, count: int, classes: int) -> np.ndarray:
    """Class labels, sometimes one that is too large."""
    labels = np.array([draw.below(classes) for _ in range(count)], dtype=np.int64)
    if count and draw.rarely(24):
        labels[-1] = classes
    return labels


def laid_out(array: np.ndarray, layout: str) -> np.ndarray:
    """A new array of the same numbers in this memory layout."""
    if layout == "transposed":
        return array.T.copy().T
    if layout == "every other" and array.ndim:
        return np.repeat(array, 2, axis=-1)[..., ::2]
    if layout == "backwards" and array.ndim:
        return array[..., ::-1].copy()[..., ::-1]
    return array.copy()


def broadcasting_with(draw: Draw, shape: Shape) -> Shape:
    """A shape that broadcasts together with this one."""
    how = draw.below(6)
    if how == 0 or not shape:
        return shape if how < 3 else (2, *shape) if how < 5 else (1, *shape)
    if how == 1:
        return ()
    if how == 2:
        return shape[1:]
    if how == 3:
        return tuple(1 if axis == len(shape) - 1 else length for axis, length in enumerate(shape))
    if how == 4:
        return (1, *shape[1:])
    return (2, *shape) if prod(shape) <= 12 else shape
