"""How a dropout mask is drawn so that p is exact, and how Gaussian dropout's noise is drawn."""

from __future__ import annotations

from math import prod, sqrt
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.autograd.tensor import Array
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.rng import resolve_rng

Mask: TypeAlias = npt.NDArray[np.bool_]

BYTE, BOOL = np.dtype(np.uint8), np.dtype(np.bool_)

# The raw output of these has 64 random bits. Others are used through the Generator: MT19937's raw output has only 32.
RAW_64_BIT = (np.random.SFC64, np.random.PCG64, np.random.PCG64DXSM, np.random.Philox)


def checked_probability(where: str, p: float) -> float:
    """Return p as a Python float, or raise an error that says what p means."""
    try:
        if 0 <= p <= 1 and not isinstance(p, bool):
            return float(p)
    except (TypeError, ValueError):  # not a single number: reported like any other wrong p
        pass
    raise ValueError(f"{where}: expected p, the probability of dropping, to be a number between 0 and 1; got {p!r}")


def draw_mask(
    shape: tuple[int, ...],
    p: float,
    rng: np.random.Generator | None = None,
    shared_axes: tuple[int, ...] = (),
) -> Mask:
    """Draw a new dropout mask: each element is independently False (dropped) with probability exactly p.

    Args:
        shape: the mask's shape.
        p: the probability of dropping, 0 <= p <= 1.
        rng: the generator to draw from; the framework's own if None.
        shared_axes: axes along which all elements share one draw.

    Returns:
        Read-only boolean array of that shape, True where a unit is kept. It has one byte for each draw.

    The first random byte of an element decides, unless it equals the first digit of p in base 256. Then the next byte
    is compared with the next digit, and so on. This is the comparison u < p with a uniform u that has as many digits as
    p. So p is not rounded, and 255 of 256 elements cost a single byte.
    """
    if shared_axes != ():
        return np.broadcast_to(draw_mask(shared_shape(shape, shared_axes), p, rng), shape)
    drawn = draw_bernoulli(prod(shape), p, resolve_rng("dropout", rng))
    drawn.setflags(write=False)  # backward needs it unchanged
    return drawn.view(BOOL).reshape(shape)


def shared_shape(shape: tuple[int, ...], shared_axes: int | tuple[int, ...]) -> tuple[int, ...]:
    """Return `shape` with length 1 along the shared axes: the shape in which the mask is drawn."""
    axes = checked_shared_axes("dropout", shared_axes)
    axes_from_0 = {axis + len(shape) if axis < 0 else axis for axis in axes}
    if not axes_from_0 <= set(range(len(shape))) or len(axes_from_0) < len(axes):
        problem = f"expected shared_axes to be axes of the input, each once; got {shared_axes} and shape {shape}"
        raise ShapeError("dropout", problem)
    return tuple(1 if axis in axes_from_0 else length for axis, length in enumerate(shape))


def checked_shared_axes(where: str, shared_axes: Any) -> tuple[int, ...]:
    """Return one or more axes as a tuple, or raise an error that says what is expected."""
    axes = shared_axes if isinstance(shared_axes, tuple) else (shared_axes,)
    if any(isinstance(axis, bool) or not isinstance(axis, int | np.integer) for axis in axes):
        raise TypeError(f"{where}: expected shared_axes to be an int or a tuple of ints, got {shared_axes!r}")
    return axes


def draw_bernoulli(count: int, p: float, rng: np.random.Generator) -> Array:
    """Return a new array of `count` independent bytes, booleans or 0 and 1; each is 0 with probability p."""
    if p == 0 or p == 1 or count == 0:
        return np.full(count, p < 1)
    if p == 0.5:  # a single bit decides
        return np.unpackbits(random_bytes((count + 7) // 8, rng), count=count)
    digit, rest = divmod(p * 256, 1)  # exact: 256 is a power of two, and the rest has fewer bits than p
    first = random_bytes(count, rng)
    if rest == 0:
        return first >= int(digit)
    kept = first > int(digit)
    (tied,) = (first == int(digit)).nonzero()
    if len(tied):
        kept[tied] = draw_bernoulli(len(tied), rest, rng)
    return kept


def random_bytes(count: int, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Return `count` independent uniform bytes."""
    source = rng.bit_generator
    if isinstance(source, RAW_64_BIT):
        words: npt.NDArray[np.uint64] = source.random_raw((count + 7) // 8)
        return words.view(BYTE)[:count]
    return rng.integers(0, 256, size=count, dtype=np.uint8)


def draw_noise(
    shape: tuple[int, ...], p: float, dtype: np.dtype[Any], rng: np.random.Generator | None = None
) -> npt.NDArray[Any]:
    """Draw the noise of Gaussian dropout: independent draws from N(1, p / (1 - p)), as a read-only array.

    Args:
        shape: the noise's shape.
        p: 0 <= p < 1. A mask scaled by 1 / (1 - p) has the same mean and variance.
        dtype: of the result.
        rng: the generator to draw from; the framework's own if None.
    """
    drawn = np.float32 if dtype.itemsize <= 4 else np.float64  # NumPy draws these two
    noise: npt.NDArray[Any]
    noise = np.asarray(resolve_rng("gaussian_dropout", rng).standard_normal(shape, dtype=drawn), dtype=drawn)
    noise *= sqrt(p / (1 - p))
    noise += 1
    noise = noise.astype(dtype, copy=False)
    noise.setflags(write=False)  # backward needs it unchanged
    return noise
