"""Turn a nested object into plain JSON and a list of arrays, and back.

Strings, numbers, True, False and None stand for themselves. Everything else is a list that begins with its kind:
`["dict", {key: value, ...}]`, `["list", value, ...]`, `["tuple", value, ...]`, and `["array", 3]` for the array with
that number.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.autograd.tensor import Array, Tensor

KINDS_OF_NUMBERS = "biuf"  # kinds of dtypes: booleans, signed and unsigned integers, floats
MAX_BITS = 14_000  # Python refuses to read an int of more than 4,300 digits
MAX_DEPTH = 50  # levels of containers, far below the recursion limits of Python and its JSON decoder
SEQUENCES: dict[str, type[list[Any]] | type[tuple[Any, ...]]] = {"list": list, "tuple": tuple}


def take_apart(value: Any, arrays: list[Array], where: str = "obj", depth: int = 0) -> Any:
    """Return the JSON that stands for a value, and append the value's arrays to `arrays`.

    Args:
        value: dicts (with strings as keys), lists and tuples of arrays, numbers, strings, booleans and None.
        arrays: the list of arrays found up to here.
        where: the name of the value in a message.
        depth: how many containers are around it.

    Raises:
        TypeError: the value contains something else.
        ValueError: the value is nested too deeply, or contains itself.
    """
    if depth > MAX_DEPTH:
        raise ValueError(f"save: expected at most {MAX_DEPTH} nested containers, got more: does one contain itself?")
    if isinstance(value, np.generic) and value.dtype.kind in KINDS_OF_NUMBERS + "U":
        value = value.item()
    if type(value) is int and value.bit_length() > MAX_BITS:
        raise ValueError(f"save: expected an integer of at most {MAX_BITS:,} bits at {where}, got a longer one")
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) is np.ndarray and value.dtype.kind in KINDS_OF_NUMBERS:
        arrays.append(value)
        return ["array", len(arrays) - 1]
    if type(value) in (list, tuple):
        parts = [take_apart(part, arrays, f"{where}[{index}]", depth + 1) for index, part in enumerate(value)]
        return [type(value).__name__, *parts]
    if type(value) is dict:
        if others := [key for key in value if type(key) is not str]:
            given = f"{others[0]!r}, of type {type(others[0]).__name__}"
            raise TypeError(f"save: expected strings as the keys of {where}, got {given}")
        return [
            "dict",
            {key: take_apart(part, arrays, f"{where}[{key!r}]", depth + 1) for key, part in value.items()},
        ]
    given = f"an array of dtype {value.dtype}" if type(value) is np.ndarray else type(value).__name__
    raise TypeError(
        "save: expected dicts, lists and tuples of arrays, numbers, strings, booleans and None, got "
        f"{given} at {where}{hint(value)}"
    )


def hint(value: Any) -> str:
    """Return a hint about what to save instead of a value that cannot be saved, or "" if there is none."""
    if hasattr(value, "state_dict"):
        return "; save its state_dict()"
    if isinstance(value, Tensor):
        return "; save its numpy()"
    plain = [kind for kind in (dict, list, tuple, np.ndarray, int, float, str) if isinstance(value, kind)]
    return f"; make it a plain {plain[0].__name__}" if plain and type(value) not in plain else ""


def put_together(structure: Any, arrays: dict[int, Array], depth: int = 0) -> Any:
    """Return the value that the JSON stands for. Each array is removed from `arrays`, so that none is used twice.

    Raises:
        ValueError: `take_apart` could not have made this JSON.
    """
    if depth > MAX_DEPTH:
        raise ValueError(f"expected at most {MAX_DEPTH} nested containers, found more")
    if not isinstance(structure, list | dict):
        return structure
    match structure:
        case ["array", int(number)] if number in arrays and type(number) is int:
            return arrays.pop(number)
        case ["dict", {**entries}]:
            return {key: put_together(entry, arrays, depth + 1) for key, entry in entries.items()}
        case ["list" | "tuple" as kind, *parts]:
            return SEQUENCES[kind](put_together(part, arrays, depth + 1) for part in parts)
    raise ValueError(f"expected an array, a dict, a list or a tuple in the structure, found {str(structure)[:60]}")
