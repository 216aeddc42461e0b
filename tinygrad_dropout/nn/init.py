"""Initial values for weights: each function fills a Tensor in place and returns it.

The names, formulas and defaults are PyTorch's. A weight has shape (out, in, ...). Further axes, such as those of a
convolution's kernel, multiply both fan_in and fan_out.

    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
"""

from __future__ import annotations

from math import prod, sqrt
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.in_place import note_change
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.functional._arguments import checked_number
from tinygrad_dropout.rng import resolve_rng

Generator = np.random.Generator


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with 0."""
    return fill("zeros_", tensor, 0)


def ones_(tensor: Tensor) -> Tensor:
    """Fill with 1."""
    return fill("ones_", tensor, 1)


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with one number."""
    return fill("constant_", tensor, checked_number("constant_", "val", val))


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, *, rng: Generator | None = None) -> Tensor:
    """Draw from U(a, b).

    Args:
        tensor: the Tensor to fill.
        a, b: the bounds.
        rng: the generator to draw from; the framework's own (see `td.manual_seed`) if None.

    Raises:
        ValueError: a > b.
    """
    a, b = checked_number("uniform_", "a", a), checked_number("uniform_", "b", b)
    if not a <= b:
        raise ValueError(f"uniform_: expected bounds a <= b, got a = {a:g} and b = {b:g}")
    return fill("uniform_", tensor, resolve_rng("uniform_", rng).uniform(a, b, shape_of("uniform_", tensor)))


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, *, rng: Generator | None = None) -> Tensor:
    """Draw from N(mean, std²). `rng` is as for `uniform_`."""
    std = checked_number("normal_", "std", std, least=0)
    return fill("normal_", tensor, resolve_rng("normal_", rng).normal(mean, std, shape_of("normal_", tensor)))


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, *, rng: Generator | None = None) -> Tensor:
    """Draw from U(-a, a), a = gain * sqrt(6 / (fan_in + fan_out)).

    This is a compromise: it keeps the variance of the activations and of the gradients roughly equal across layers.

    (Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks")

    Args:
        tensor: shape (out, in, ...).
        gain: see `calculate_gain`.
        rng: as for `uniform_`.
    """
    a = sqrt(3) * xavier_std("xavier_uniform_", tensor, gain)
    return uniform_(tensor, -a, a, rng=rng)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, *, rng: Generator | None = None) -> Tensor:
    """Draw from N(0, std²), std = gain * sqrt(2 / (fan_in + fan_out)). Arguments are as for `xavier_uniform_`."""
    return normal_(tensor, 0, xavier_std("xavier_normal_", tensor, gain), rng=rng)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    *,
    rng: Generator | None = None,
) -> Tensor:
    """Draw from U(-b, b), b = gain * sqrt(3 / fan), which keeps the variance in a ReLU network equal across layers.

    (He et al. 2015, arXiv:1502.01852)

    Args:
        tensor: shape (out, in, ...).
        a: the negative slope, if the nonlinearity is "leaky_relu"; 0 makes it a ReLU.
        mode: "fan_in" to keep the variance in the forward pass, "fan_out" to keep it in the backward pass.
        nonlinearity: the nonlinearity after the layer; see `calculate_gain`.
        rng: as for `uniform_`.
    """
    b = sqrt(3) * kaiming_std("kaiming_uniform_", tensor, a, mode, nonlinearity)
    return uniform_(tensor, -b, b, rng=rng)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    *,
    rng: Generator | None = None,
) -> Tensor:
    """Draw from N(0, std²), std = gain / sqrt(fan). Arguments are as for `kaiming_uniform_`."""
    return normal_(tensor, 0, kaiming_std("kaiming_normal_", tensor, a, mode, nonlinearity), rng=rng)


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return the factor that compensates for a nonlinearity, which shrinks what passes through it.

    Args:
        nonlinearity: "linear", "sigmoid", "tanh", "relu", "leaky_relu" or "selu".
        param: leaky_relu's negative slope, 0.01 if None.

    Returns:
        1 for linear and sigmoid, 5/3 for tanh, sqrt(2) for relu, sqrt(2 / (1 + slope²)) for leaky_relu, 3/4 for selu.
    """
    if nonlinearity == "leaky_relu":
        return sqrt(2 / (1 + (0.01 if param is None else param) ** 2))
    gains = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": sqrt(2), "selu": 3 / 4}
    if nonlinearity not in gains:
        known = ", ".join([*gains, "leaky_relu"])
        raise ValueError(f"calculate_gain: expected one of the nonlinearities {known}, got {nonlinearity!r}")
    return gains[nonlinearity]


def xavier_std(where: str, tensor: Tensor, gain: float) -> float:
    """Return gain * sqrt(2 / (fan_in + fan_out)), or any finite number for a weight without elements."""
    fan_in, fan_out = fans(where, tensor)
    return gain * sqrt(2 / max(fan_in + fan_out, 1))


def kaiming_std(where: str, tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    """Return gain / sqrt(fan)."""
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f'{where}: expected mode to be "fan_in" or "fan_out", got {mode!r}')
    fan_in, fan_out = fans(where, tensor)
    return calculate_gain(nonlinearity, a) / sqrt(max(fan_in if mode == "fan_in" else fan_out, 1))


def fans(where: str, tensor: Tensor) -> tuple[int, int]:
    """Return fan_in and fan_out: how many inputs each output has, and how many outputs each input has."""
    shape = shape_of(where, tensor)
    if len(shape) < 2:
        raise ShapeError(where, f"expected a Tensor of two axes or more, (out, in, ...), got shape {shape}")
    return prod(shape[1:]), shape[0] * prod(shape[2:])


def shape_of(where: str, tensor: Tensor) -> tuple[int, ...]:
    """Return the shape of the Tensor to fill, or raise an error for anything that is not a Tensor."""
    if not isinstance(tensor, Tensor):
        raise TypeError(f"{where}: expected a Tensor to fill, got {type(tensor).__name__}")
    return tensor.shape


def fill(where: str, tensor: Tensor, values: Any) -> Tensor:
    """Write the values into the Tensor's own array. The graph does not record this, but backward notices the change."""
    shape_of(where, tensor)
    if tensor.dtype.kind != "f":
        raise TypeError(f"{where}: expected a Tensor of a floating dtype, got {tensor.dtype}")
    if not tensor.data.flags.writeable:
        raise ValueError(f"{where}: expected a Tensor that can be written to, got one with a read-only array")
    tensor.data[...] = values
    note_change(tensor.data)
    return tensor
