"""What a Tensor can do: each operator and method is the function of functional/ (or of the engine) by another name.

They are put on the class from here, above the operations, so that neither tensor.py nor functional/ has to import
the other's user. The signatures stand in tensor.py for type checkers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from tinygrad_dropout import functional as F
from tinygrad_dropout.engine import backward
from tinygrad_dropout.functional.shapes import matrix_transpose
from tinygrad_dropout.recording import operands
from tinygrad_dropout.tensor import Tensor


def reflected(operation: Callable[[Any, Any], Tensor]) -> Callable[[Tensor, Any], Tensor]:
    """For `2 - x`, Python calls x's method with 2: the operands change places."""

    def swapped(self: Tensor, other: Any) -> Tensor:
        return operation(other, self)

    swapped.__doc__ = operation.__doc__
    return swapped


def comparison(ufunc: np.ufunc) -> Callable[[Tensor, Any], Any]:
    """A comparison gives a plain boolean array: there is nothing to differentiate."""

    def compare(self: Tensor, other: Any) -> Any:
        x, y = operands(self, other)
        return np.asarray(ufunc(x.data, y.data))

    compare.__doc__ = f"{ufunc.__name__}, elementwise: a boolean ndarray."
    return compare


#: `array * tensor` reaches the Tensor through NumPy as one of these.
ARRAY_FIRST: dict[np.ufunc, Callable[[Any, Tensor], Any]] = {
    np.add: F.add, np.subtract: F.subtract, np.multiply: F.multiply, np.divide: F.divide,
    np.power: F.power, np.matmul: F.matmul,
    np.less: lambda array, tensor: tensor > array, np.less_equal: lambda array, tensor: tensor >= array,
    np.greater: lambda array, tensor: tensor < array, np.greater_equal: lambda array, tensor: tensor <= array,
}  # fmt: skip


def array_ufunc(self: Tensor, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
    """`array * tensor` is ours; `np.exp(tensor)` is an error that names ours."""
    operation = ARRAY_FIRST.get(ufunc)
    if operation and method == "__call__" and not options and not isinstance(inputs[0], Tensor):
        return operation(*inputs)
    refuse(ufunc.__name__)


def array_function(self: Tensor, function: Callable[..., Any], *_: Any) -> NoReturn:
    """`np.concatenate([tensor, tensor])` is an error that names ours."""
    refuse(function.__name__)


def refuse(name: str) -> NoReturn:
    """A NumPy function would lose the gradient without a word; say which function of ours keeps it."""
    ours = OURS.get(name, name)
    hint = f"use td.functional.{ours}, or" if ours in F.__all__ else "there is no differentiable version here;"
    raise TypeError(f"np.{name} was given a Tensor: {hint} pass tensor.data for the plain array")


#: NumPy's names for what has another name here.
OURS = {"absolute": "abs", "amax": "max", "amin": "min", "true_divide": "divide", "expand_dims": "unsqueeze"}

METHODS: dict[str, Any] = {
    "backward": backward,
    "__add__": F.add, "__radd__": reflected(F.add),
    "__sub__": F.subtract, "__rsub__": reflected(F.subtract),
    "__mul__": F.multiply, "__rmul__": reflected(F.multiply),
    "__truediv__": F.divide, "__rtruediv__": reflected(F.divide),
    "__pow__": F.power, "__rpow__": reflected(F.power),
    "__matmul__": F.matmul, "__rmatmul__": reflected(F.matmul),
    "__neg__": F.negative, "__abs__": F.abs, "__getitem__": F.getitem,
    "__lt__": comparison(np.less), "__le__": comparison(np.less_equal),
    "__gt__": comparison(np.greater), "__ge__": comparison(np.greater_equal),
    "sum": F.sum, "mean": F.mean, "var": F.var, "max": F.max, "min": F.min,
    "reshape": F.reshape, "permute": F.permute, "transpose": F.transpose, "T": property(matrix_transpose),
    "squeeze": F.squeeze, "unsqueeze": F.unsqueeze, "flatten": F.flatten,
    "exp": F.exp, "log": F.log, "sqrt": F.sqrt, "tanh": F.tanh, "sigmoid": F.sigmoid, "relu": F.relu,
    "abs": F.abs, "clip": F.clip, "softmax": F.softmax, "log_softmax": F.log_softmax,
    "__array_ufunc__": array_ufunc, "__array_function__": array_function,
}  # fmt: skip

for name, method in METHODS.items():
    setattr(Tensor, name, method)
