"""Axes are named as in NumPy: `axis` and `keepdims`. A 0-d Tensor may be asked for axis 0 or -1, as in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from tinygrad_dropout.autograd.tensor import Tensor

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

#: PyTorch's name for an argument, and what to write here.
NUMPYS = {"dim": "axis=", "keepdim": "keepdims=", "unbiased": "correction= (1 or 0)"}


def numpys_names(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Decorate an operation so that a call with `dim=` or `keepdim=` raises a TypeError that says what to write."""

    name = function.__qualname__.removesuffix(".__init__")  # of a layer: its class's

    @wraps(function)
    def checked(*args: Arguments.args, **options: Arguments.kwargs) -> Result:
        if theirs := [name for name in NUMPYS if name in options]:
            advice = " and ".join(f"{NUMPYS[name]} for {name}=" for name in theirs)
            raise TypeError(f"{name}: expected NumPy's names of arguments; write {advice}")
        return function(*args, **options)

    return checked


def checked_axis(x: Tensor, axis: Any) -> Any:
    """The axis as it was given; None for axis 0 or -1 of a 0-d Tensor, which has a single element to go over."""
    return None if x.data.ndim == 0 and axis in (0, -1, (0,), (-1,)) else axis
