"""What NumPy does with a Tensor: `array * tensor` calls our operation, and `np.exp(tensor)` raises a helpful error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from tinygrad_dropout import functional as F
from tinygrad_dropout.autograd.tensor import Tensor

#: What to do when NumPy hands over `array * tensor`, by the name of its ufunc.
ARRAY_FIRST: dict[str, Callable[[Any, Tensor], Any]] = {
    "add": lambda array, tensor: F.add(array, tensor),
    "subtract": lambda array, tensor: F.subtract(array, tensor),
    "multiply": lambda array, tensor: F.multiply(array, tensor),
    "divide": lambda array, tensor: F.divide(array, tensor),
    "power": lambda array, tensor: F.power(array, tensor),
    "matmul": lambda array, tensor: F.matmul(array, tensor),
    "equal": lambda array, tensor: tensor == array,
    "not_equal": lambda array, tensor: tensor != array,
    "less": lambda array, tensor: tensor > array,
    "less_equal": lambda array, tensor: tensor >= array,
    "greater": lambda array, tensor: tensor < array,
    "greater_equal": lambda array, tensor: tensor <= array,
}

#: NumPy's names for operations that have another name here.
OURS = {"absolute": "abs", "amax": "max", "amin": "min", "true_divide": "divide", "expand_dims": "unsqueeze"}


def array_ufunc(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Answer `Tensor.__array_ufunc__`, which NumPy calls for every ufunc that gets a Tensor."""
    operation = ARRAY_FIRST.get(ufunc.__name__)
    if operation and method == "__call__" and not options and not isinstance(inputs[0], Tensor):
        return operation(*inputs)
    refuse(ufunc.__name__)


def refuse(name: str) -> NoReturn:
    """Raise an error for a NumPy function, which would lose the gradient silently, and name the one that keeps it."""
    ours = OURS.get(name, name)
    hint = f"use td.functional.{ours}, or" if ours in F.__all__ else "there is no differentiable version here;"
    raise TypeError(f"np.{name} was given a Tensor: {hint} pass tensor.data for the plain array")
