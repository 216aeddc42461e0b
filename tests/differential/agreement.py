"""Whether two arrays agree: they have the same shape and dtype, and numbers as close as that dtype allows."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

#: For one operation on the same numbers in both frameworks: rounding, in units of the dtype's eps.
ONE_OPERATION = 32
#: For gradients, which collect the rounding of a whole program.
GRADIENTS = {np.dtype("float64"): 1e-9, np.dtype("float32"): 3e-4, np.dtype("float16"): 6e-2}


def difference(ours: np.ndarray, theirs: np.ndarray, relative: float, scale: float = 1.0) -> str | None:
    """Describe the difference, or return None. `scale` is the size of the numbers that these were computed from."""
    if ours.shape != theirs.shape:
        return f"shapes {ours.shape} and {theirs.shape}"
    if ours.dtype != theirs.dtype:
        return f"dtypes {ours.dtype} and {theirs.dtype}"
    if ours.tobytes() == theirs.tobytes():
        return None
    return "numbers" if differing(ours, theirs, relative, scale).any() else None


def differing(ours: np.ndarray, theirs: np.ndarray, relative: float, scale: float) -> np.ndarray:
    """Return where two arrays of one shape and dtype differ by more than that."""
    if ours.dtype.kind != "f":
        return np.asarray(ours != theirs)
    one, other = ours.astype(np.float64), theirs.astype(np.float64)
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    near = np.abs(one - other) <= relative * (np.abs(other) + scale)  # False if either is infinite or NaN
    return np.asarray(~(same | (near & np.isfinite(other))))


def eps(dtype: np.dtype) -> float:
    """The spacing of this dtype's numbers at 1; 0 for integers, which are exact."""
    return float(np.finfo(dtype).eps) if dtype.kind == "f" else 0.0


def coarsest(dtypes: Iterable[np.dtype]) -> float:
    """The tolerance for gradients that passed through values of these dtypes."""
    return max((GRADIENTS[dtype] for dtype in dtypes if dtype.kind == "f"), default=1e-9)


def size(array: np.ndarray) -> float:
    """The largest finite magnitude in an array; at least 1."""
    if array.size == 0 or array.dtype.kind == "b":
        return 1.0
    magnitudes = np.abs(array.astype(np.float64))
    return float(np.max(magnitudes, initial=1.0, where=np.isfinite(magnitudes)))
