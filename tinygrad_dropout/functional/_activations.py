"""The nonlinearities of a network, elementwise: relu, leaky_relu, sigmoid, tanh."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_floating, as_tensor
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.functional._arguments import checked_number
from tinygrad_dropout.functional._constants import number


def relu(x: Any) -> Tensor:
    """max(x, 0), elementwise: the rectified linear unit."""
    x = as_tensor(x)
    out = np.maximum(x.data, 0)
    return record(out, (x,), relu_backward, saved=(out,))


def relu_backward(grad: Array, x: Tensor, out: Array) -> tuple[Any, ...]:
    """dL/dx = grad where x > 0, and grad * 0 where x <= 0 (PyTorch's choice at the kink)."""
    passes = out != number(0, out.dtype)  # out is 0 where x <= 0; NaN is not 0 and passes grad, as in PyTorch
    dx = passes.astype(grad.dtype)  # NumPy multiplies faster by numbers than by booleans
    dx *= grad
    return (dx,)


def leaky_relu(x: Any, negative_slope: float = 0.01) -> Tensor:
    """x where x > 0, negative_slope * x elsewhere, so every unit has a gradient (Maas et al. 2013)."""
    x = as_floating(x)
    negative_slope = checked_number("leaky_relu", "negative_slope", negative_slope)
    return record(x.data * slopes(x.data, negative_slope), (x,), leaky_relu_backward, saved=(negative_slope,))


def leaky_relu_backward(grad: Array, x: Tensor, negative_slope: float) -> tuple[Any, ...]:
    """dL/dx = grad where x > 0, and grad * negative_slope where x <= 0 (PyTorch's choice at the kink)."""
    return (grad * slopes(x.data, negative_slope),)


def slopes(x: Array, negative_slope: float) -> Array:
    """Return 1 where x > 0 and negative_slope elsewhere, in x's dtype."""
    return np.where(x > 0, number(1, x.dtype), number(negative_slope, x.dtype))


def sigmoid(x: Any) -> Tensor:
    """1 / (1 + e^-x), elementwise, without overflow at either end."""
    x = as_floating(x)
    out = logistic(x.data)
    return record(out, (x,), sigmoid_backward, saved=(out,))


def sigmoid_backward(grad: Array, x: Tensor, out: Array) -> tuple[Any, ...]:
    """dL/dx = grad * out (1 - out), at most grad / 4."""
    return (grad * (out * (1 - out)),)


def logistic(x: Array) -> Array:
    """Return 1 / (1 + e^-x) of an ndarray. The exponent is never positive: e^-|x| lies in (0, 1]."""
    small = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1, small) / (1 + small))


def tanh(x: Any) -> Tensor:
    """The hyperbolic tangent, elementwise."""
    x = as_floating(x)
    out = np.tanh(x.data)
    return record(out, (x,), tanh_backward, saved=(out,))


def tanh_backward(grad: Array, x: Tensor, out: Array) -> tuple[Any, ...]:
    """dL/dx = grad * (1 - out²)."""
    return (grad * (1 - out * out),)
