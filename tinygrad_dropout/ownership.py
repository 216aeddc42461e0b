"""One owner per array: does a backward function really give away what it returns?

The engine adds to the arrays that backward functions return, and the next backward function may overwrite them. One
that somebody else holds would change behind his back. `detect_anomaly` and `gradcheck` look for that.
"""

from __future__ import annotations

from inspect import CO_VARARGS, ismethod
from typing import Any

import numpy as np

from tinygrad_dropout.tensor import Backward, Tensor


def not_given_away(node: Tensor, contributions: tuple[Any, ...]) -> str:
    """What is wrong with whose the returned gradients are, in words, or "".

    Args:
        node: whose backward function has run.
        contributions: what it returned.
    """
    held = {f"{input_name(parent, index)}'s data": parent.data for index, parent in enumerate(node._parents)}
    held |= {saved_name(node, i): value for i, value in enumerate(node._saved) if isinstance(value, np.ndarray)}
    for index, (parent, contribution) in enumerate(zip(node._parents, contributions, strict=True)):
        if not parent.requires_grad or type(contribution) is not np.ndarray:
            continue
        if contribution.shape != parent.shape or contribution.dtype != parent.dtype:
            continue  # the engine makes another array of it
        problem = "" if contribution.flags.writeable else "is read-only"
        for name, array in held.items():
            if np.shares_memory(contribution, array):
                problem = f"shares its memory with {name}"
        if problem:
            return (
                f"the gradient for {input_name(parent, index)} {problem}, so adding to it goes wrong; "
                "expected an array of its own: return a copy"
            )
        held[f"the gradient for {input_name(parent, index)}"] = contribution
    return ""


def input_name(parent: Tensor, index: int) -> str:
    """`input 0 ("weight", shape (4, 5))`."""
    name = f'"{parent.name}", ' if parent.name else ""
    return f"input {index} ({name}shape {parent.shape})"


def saved_name(node: Tensor, index: int) -> str:
    """What the backward function calls its saved value: `the saved mask`."""
    name = saved_names(node._backward, len(node._parents))[index : index + 1]
    return f"the saved {name[0]}" if name else f"saved value {index}"


def saved_names(backward: Backward | None, parents: int) -> tuple[str, ...]:
    """What a backward function calls the values that were saved for it.

    They come after the gradient and the parents; where it takes any number of parents, as `*parents_and_axis`, they
    are named with these.
    """
    code = getattr(backward, "__code__", None)
    if code is None:
        return ()
    if code.co_flags & CO_VARARGS:
        return tuple(code.co_varnames[code.co_argcount + code.co_kwonlyargcount].split("_and_")[1:])
    return argument_names(backward)[1 + parents :]


def argument_names(function: Any) -> tuple[str, ...]:
    """What a function calls the arguments that it takes in order; a method's `self` is none of them."""
    code = getattr(function, "__code__", None)
    return tuple(code.co_varnames[ismethod(function) : code.co_argcount]) if code else ()
