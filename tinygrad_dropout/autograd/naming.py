"""The names that messages and pictures use for an operation's inputs and saved values."""

from __future__ import annotations

from inspect import CO_VARARGS, ismethod
from typing import Any

from tinygrad_dropout.autograd.tensor import Backward, Tensor


def input_name(parent: Tensor, index: int) -> str:
    """Describe an input: `input 0 ("weight", shape (4, 5))`."""
    name = f'"{parent.name}", ' if parent.name else ""
    return f"input {index} ({name}shape {parent.shape})"


def saved_name(node: Tensor, index: int) -> str:
    """Describe a saved value by its name in the backward function: `the saved mask`."""
    name = saved_names(node._backward, len(node._parents))[index : index + 1]
    return f"the saved {name[0]}" if name else f"saved value {index}"


def saved_names(backward: Backward | None, parents: int) -> tuple[str, ...]:
    """Return a backward function's names for the values that were saved for it.

    They are its parameters after the gradient and the parents. A function that takes any number of parents names them
    in its starred parameter, as in `*parents_and_axis`.
    """
    code = getattr(backward, "__code__", None)
    if code is None:
        return ()
    if code.co_flags & CO_VARARGS:
        return tuple(code.co_varnames[code.co_argcount + code.co_kwonlyargcount].split("_and_")[1:])
    return argument_names(backward)[1 + parents :]


def argument_names(function: Any) -> tuple[str, ...]:
    """Return the names of a function's positional arguments, without a method's `self`."""
    code = getattr(function, "__code__", None)
    return tuple(code.co_varnames[ismethod(function) : code.co_argcount]) if code else ()
