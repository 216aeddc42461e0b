"""Texts of arguments and results, for a learner."""

from __future__ import annotations

from typing import Any

import numpy as np

WIDTH = 96  # of the lines that are shown, in characters, unless the terminal is narrower
MARGIN = 8  # characters that an array leaves free


def as_text(value: Any) -> str:
    """A value as a short text; a large array is shown by its shape and its corners.

    Its lines are as wide as NumPy's `linewidth` allows.
    """
    if isinstance(value, np.ndarray):
        text = np.array2string(value, precision=5, suppress_small=False, threshold=60, edgeitems=2)
        return text if value.ndim == 0 or value.size <= 4 else with_shape(text, value.shape)
    if isinstance(value, np.random.Generator):
        return "a numpy.random.Generator"
    if isinstance(value, (float, np.floating)):
        return f"{float(value):.8g}"
    if isinstance(value, np.integer):
        return str(int(value))
    if callable(value):
        return str(getattr(value, "__doc__", None) or getattr(value, "__name__", "a function")).strip()
    if isinstance(value, (list, tuple)) and value and all(isinstance(one, (list, tuple, np.ndarray)) for one in value):
        return "\n".join(as_text(one) for one in value)
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]} ..."


def with_shape(text: str, shape: tuple[int, ...]) -> str:
    """The text of an array with its shape after it, or below it if the line is full."""
    full = len(text.rpartition("\n")[2]) + len(f"  shape {shape}") > np.get_printoptions()["linewidth"]
    return f"{text}{chr(10) if full else '  '}shape {shape}"


def shown_arguments(parameters: tuple[str, ...], arguments: tuple[Any, ...]) -> tuple[tuple[str, str], ...]:
    """(name, text) of each."""
    return tuple((name, as_text(argument)) for name, argument in zip(parameters, arguments, strict=False))


def call_text(name: str, parameters: tuple[str, ...]) -> str:
    """`linear_backward(grad, x, weight)`."""
    return f"{name}({', '.join(parameters)})"
