"""GELU, a smooth relative of ReLU, in its exact form and in the approximation by tanh."""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_floating, cast, widen_float16
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Tensor

#: Σ cᵢ uⁱ, where u = (3 - z) / (3 + z), is e^(z²) erfc(z) (3 + z) / 3 for every z >= 0, to 6e-16 of its value. The form
#: is Schonfelder's (1978, "Chebyshev expansions for the error and related functions", Math. Comp. 32). The numbers come
#: from interpolating that function at 60 Chebyshev nodes with 60 digits and keeping the terms up to T₂₁.
ERFC_SERIES = (
    0.3580023023627799, 0.294464817723293, 0.19674278570136905, 0.10348908730032487, 0.039842587095677014,
    0.008942411537958437, -0.00040413887411009487, -0.0010113539579816233, -0.00018276991291403435,
    9.225899997789508e-05, 3.585391740464576e-05, -1.0131578675156923e-05, -5.823839277695447e-06,
    1.5801189369395156e-06, 9.225490949004146e-07, -3.2798388174368307e-07, -1.3718778405338225e-07,
    7.241314802770536e-08, 1.662235757595342e-08, -1.3174436327282527e-08, -1.176637834482961e-09,
    1.3433763579088608e-09,
)  # fmt: skip


def gelu(x: Any, approximate: str = "none") -> Tensor:
    """x * Φ(x), elementwise, where Φ is the distribution function of N(0, 1): the Gaussian error linear unit.

    float16 is computed in float32, as in PyTorch. (Hendrycks & Gimpel 2016, arXiv:1606.08415)

    Args:
        x: any shape.
        approximate: "none" for the exact Φ, or "tanh" for (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2, which is off by
            less than 0.0005. BERT and GPT-2 used it.

    Raises:
        ValueError: `approximate` is neither.
    """
    x = as_floating(x)
    wide = widen_float16(x)
    if checked_approximation("gelu", approximate) == "tanh":
        return cast(gelu_tanh(wide), x.dtype)
    cdf = normal_distribution(wide.data)
    return cast(record(wide.data * cdf, (wide,), gelu_backward, saved=(cdf,)), x.dtype)


def gelu_backward(grad: Array, x: Tensor, cdf: Array) -> tuple[Any, ...]:
    """dL/dx = grad * (Φ(x) + x φ(x)), with `cdf` = Φ(x) and the density φ(x) = e^(-x²/2) / √(2π)."""
    return (grad * (cdf + x.data * (np.exp(-0.5 * x.data * x.data) * sqrt(0.5 / pi))),)


def normal_distribution(x: Array) -> Array:
    """Return Φ(x) = erfc(-x / √2) / 2, the probability below x under N(0, 1). NumPy has no error function.

    The tail Φ(-|x|) is computed in float64. It keeps its digits far below zero, where 1 + erf(x / √2) loses them all.
    """
    distance = np.minimum(np.abs(x), 40, dtype=np.float64)  # beyond 40 the tail is 0, and x² could overflow
    share = 3 / (3 + sqrt(0.5) * distance)
    u = 2 * share - 1
    tail = np.full_like(u, ERFC_SERIES[-1])
    for coefficient in ERFC_SERIES[-2::-1]:
        tail *= u
        tail += coefficient
    tail *= share
    tail *= 0.5 * np.exp(-0.5 * distance * distance)
    return np.where(x > 0, 1 - tail, tail).astype(x.dtype, copy=False)


def gelu_tanh(x: Tensor) -> Tensor:
    """x * (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2, elementwise."""
    tanh = np.tanh(sqrt(2 / pi) * (x.data + 0.044715 * (x.data * x.data * x.data)))
    return record(0.5 * x.data * (1 + tanh), (x,), gelu_tanh_backward, saved=(tanh,))


def gelu_tanh_backward(grad: Array, x: Tensor, tanh: Array) -> tuple[Any, ...]:
    """dL/dx = grad * (1 + tanh + x (1 - tanh²) √(2/π) (1 + 3 · 0.044715 x²)) / 2."""
    inner = sqrt(2 / pi) * (1 + 3 * 0.044715 * x.data * x.data)
    return (grad * (0.5 * (1 + tanh + x.data * (1 - tanh * tanh) * inner)),)


def checked_approximation(where: str, approximate: str) -> str:
    """Return the form of GELU if it is known, or raise an error that names both."""
    if approximate not in ("none", "tanh"):
        raise ValueError(f'{where}: expected approximate to be "none" or "tanh", got {approximate!r}')
    return approximate
