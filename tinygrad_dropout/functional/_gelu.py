"""GELU, the smooth relative of ReLU, in its exact form and in the approximation by tanh."""

from __future__ import annotations

from math import erfc, pi, sqrt
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_floating
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Tensor

erfc_of_each = np.frompyfunc(erfc, 1, 1)  # NumPy has no error function


def gelu(x: Any, approximate: str = "none") -> Tensor:
    """x * Φ(x), elementwise, where Φ is the distribution function of N(0, 1): the Gaussian error linear unit.

    (Hendrycks & Gimpel 2016, arXiv:1606.08415)

    Args:
        x: any shape.
        approximate: "none" for the exact Φ(x) = erfc(-x / √2) / 2, computed one number at a time by Python; or "tanh"
            for (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2, which is off by less than 0.0005 and some 20 times faster.

    Raises:
        ValueError: another `approximate`.
    """
    x = as_floating(x)
    if checked_form("gelu", approximate) == "tanh":
        return gelu_tanh(x)
    # erfc, and not 1 + erf: far below zero, that difference would have no digits left.
    below = np.asarray(erfc_of_each(x.data * -sqrt(0.5)), dtype=x.data.dtype) / 2
    return record(x.data * below, (x,), gelu_backward, saved=(below,))


def gelu_backward(grad: Array, x: Tensor, below: Array) -> tuple[Any, ...]:
    """dL/dx = grad * (Φ(x) + x φ(x)), with `below` = Φ(x) and the density φ(x) = e^(-x²/2) / √(2π)."""
    return (grad * (below + x.data * (np.exp(-0.5 * x.data * x.data) * sqrt(0.5 / pi))),)


def gelu_tanh(x: Tensor) -> Tensor:
    """x * (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2, elementwise."""
    tanh = np.tanh(sqrt(2 / pi) * (x.data + 0.044715 * (x.data * x.data * x.data)))
    return record(0.5 * x.data * (1 + tanh), (x,), gelu_tanh_backward, saved=(tanh,))


def gelu_tanh_backward(grad: Array, x: Tensor, tanh: Array) -> tuple[Any, ...]:
    """dL/dx = grad * (1 + tanh + x (1 - tanh²) √(2/π) (1 + 3 · 0.044715 x²)) / 2."""
    inner = sqrt(2 / pi) * (1 + 3 * 0.044715 * x.data * x.data)
    return (grad * (0.5 * (1 + tanh + x.data * (1 - tanh * tanh) * inner)),)


def checked_form(where: str, approximate: str) -> str:
    """Refuse an unknown form of GELU."""
    if approximate not in ("none", "tanh"):
        raise ValueError(f'{where}: expected approximate to be "none" or "tanh", got {approximate!r}')
    return approximate
