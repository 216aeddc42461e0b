"""Objects to save, and a comparison of two objects to the last bit and type."""

from typing import Any

import numpy as np

import tinygrad_dropout as td

DTYPES = ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "longdouble", ">f4", ">i2"]


def everything() -> dict[str, Any]:
    """One of each kind of value that can be saved."""
    rng = np.random.default_rng(0)
    return {
        "arrays": {
            kind: rng.integers(0, 100, size=(2, 3)).astype(kind) for kind in DTYPES
        },
        "shapes": [np.zeros(shape) for shape in [(), (1,), (0,), (3, 0, 2), (1, 2, 3, 4)]],
        "orders": (np.asfortranarray(rng.normal(size=(3, 4))), rng.normal(size=(4, 4))[::-2, 1:]),
        "odd floats": np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324]),
        "numbers": [0, -1, 2**200, -(10**4200), 0.1, 1e300, -0.0, float("inf"), float("-inf"), True, False, None],
        "words": ["", "a", "é\u2028\ud800\0", '"\\'],
        "": {"0.weight": {}, "../../etc/passwd": [], "a/b": (), "dict": ["array", 0, "list"]},
        "generators": [td.get_rng_state(np.random.Generator(kind(7))) for kind in
                       (np.random.PCG64, np.random.PCG64DXSM, np.random.SFC64, np.random.MT19937, np.random.Philox)],
    }  # fmt: skip


def same(one: Any, other: Any) -> bool:
    """Whether two objects agree in all types, keys, dtypes, shapes and bits."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, np.ndarray):
        same_kind = (one.dtype, one.shape) == (other.dtype, other.shape)
        return same_kind and one.tobytes() == other.tobytes()
    return repr(one) == repr(other)
