"""Axis arguments have NumPy's names, `axis` and `keepdims`. A 0-d Tensor accepts axis 0 or -1, as in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from tinygrad_dropout.autograd.tensor import Tensor

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

#: PyTorch's name for an argument, and what to write here.
NUMPY_NAMES = {"dim": "axis=", "keepdim": "keepdims=", "unbiased": "correction= (1 or 0)"}


def require_numpy_names(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Decorate an operation: a call with PyTorch's `dim=` or `keepdim=` raises a TypeError that says what to write."""

    name = function.__qualname__.removesuffix(".__init__")  # for a layer, its class's name

    @wraps(function)
    def checked(*args: Arguments.args, **options: Arguments.kwargs) -> Result:
        if theirs := [name for name in NUMPY_NAMES if name in options]:
            advice = " and ".join(f"{NUMPY_NAMES[name]} instead of {name}=" for name in theirs)
            raise TypeError(f"{name}: expected NumPy's argument names; write {advice}")
        return function(*args, **options)

    return checked


def checked_axis(x: Tensor, axis: Any) -> Any:
    """Return the axis as given, but None for axis 0 or -1 of a 0-d Tensor."""
    return None if x.data.ndim == 0 and axis in (0, -1, (0,), (-1,)) else axis
