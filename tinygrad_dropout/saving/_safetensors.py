"""The safetensors file: a flat dict of arrays, which PyTorch can read too. It needs the extra `safetensors`."""

from __future__ import annotations

from types import ModuleType
from typing import Any, BinaryIO

import numpy as np

from tinygrad_dropout.autograd.tensor import Array
from tinygrad_dropout.saving._structure import KINDS_OF_NUMBERS


def import_library(what: str) -> ModuleType:
    """Import the library, which only this format needs."""
    try:
        import safetensors.numpy
    except ImportError:
        raise ImportError(
            f'{what}: a .safetensors file needs the library safetensors: pip install "tinygrad-dropout[safetensors]"'
        ) from None
    return safetensors.numpy


def write_safetensors(file: BinaryIO, obj: Any) -> None:
    """Write a flat dict of arrays to an open file.

    Raises:
        TypeError: the object is something else.
    """
    format_of_arrays = import_library("save")
    if not isinstance(obj, dict) or not all(isinstance(key, str) and key != "__metadata__" for key in obj):
        raise TypeError(
            "save: expected a flat dict of arrays by name for .safetensors (a model's state_dict(), for example), got "
            f"{type(obj).__name__}; .npz accepts nested dicts"
        )
    for key, value in obj.items():
        if type(value) is not np.ndarray or value.dtype.kind not in KINDS_OF_NUMBERS or value.dtype.itemsize > 8:
            given = f"dtype {value.dtype}" if isinstance(value, np.ndarray) else type(value).__name__
            raise TypeError(
                f"save: expected arrays of numbers of at most 64 bits for .safetensors, got {given} at {key!r}; "
                ".npz accepts other values"
            )
    arrays = {key: np.asarray(array, order="C") for key, array in obj.items()}  # the format's only order
    file.write(format_of_arrays.save(arrays))


def read_safetensors(file: BinaryIO) -> dict[str, Array]:
    """Read a flat dict of arrays from an open file. Anything wrong with it raises an Exception of some kind."""
    try:
        arrays: dict[str, Array] = import_library("load").load(file.read())
    except KeyError as error:  # bfloat16, for example
        raise ValueError(f"expected arrays of dtypes that NumPy has, found {error}") from error
    if others := {array.dtype.name for array in arrays.values() if array.dtype.kind not in KINDS_OF_NUMBERS}:
        raise ValueError(f"expected arrays of real numbers or booleans, found {', '.join(others)}")
    # Copies, because the library gives read-only arrays; sorted, because it gives them in any order.
    return {key: array.copy() for key, array in sorted(arrays.items())}
