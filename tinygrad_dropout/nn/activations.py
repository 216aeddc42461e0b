"""Layers without parameters: the nonlinearities, Flatten and Identity."""

from __future__ import annotations

from math import prod

from tinygrad_dropout import functional as F
from tinygrad_dropout.autograd.dtypes import as_tensor
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.functional._arguments import checked_number
from tinygrad_dropout.functional._axes import require_numpy_names
from tinygrad_dropout.functional._gelu import checked_approximation
from tinygrad_dropout.nn.module import Module


class ReLU(Module):
    """max(x, 0), elementwise."""

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x)


class LeakyReLU(Module):
    """x where x > 0, negative_slope * x elsewhere."""

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = checked_number("LeakyReLU", "negative_slope", negative_slope)

    def forward(self, x: Tensor) -> Tensor:
        return F.leaky_relu(x, self.negative_slope)

    def extra_repr(self) -> str:
        return f"negative_slope={self.negative_slope:g}"


class GELU(Module):
    """x * Φ(x), elementwise; `td.functional.gelu` has the formulas.

    Args:
        approximate: "none" for the exact Φ, or "tanh" for its approximation.
    """

    def __init__(self, approximate: str = "none") -> None:
        self.approximate = checked_approximation("GELU", approximate)

    def forward(self, x: Tensor) -> Tensor:
        return F.gelu(x, self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class Sigmoid(Module):
    """1 / (1 + e^-x), elementwise."""

    def forward(self, x: Tensor) -> Tensor:
        return F.sigmoid(x)


class Tanh(Module):
    """The hyperbolic tangent, elementwise."""

    def forward(self, x: Tensor) -> Tensor:
        return F.tanh(x)


class Softmax(Module):
    """e^x / sum(e^x) along an axis.

    Args:
        axis: an int; by default the last axis.
    """

    @require_numpy_names
    def __init__(self, axis: int = -1) -> None:
        self.axis = axis

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(x, self.axis)

    def extra_repr(self) -> str:
        return f"axis={self.axis}"


class LogSoftmax(Module):
    """ln(softmax(x)) along an axis.

    Args:
        axis: an int; by default the last axis.
    """

    @require_numpy_names
    def __init__(self, axis: int = -1) -> None:
        self.axis = axis

    def forward(self, x: Tensor) -> Tensor:
        return F.log_softmax(x, self.axis)

    def extra_repr(self) -> str:
        return f"axis={self.axis}"


class Flatten(Module):
    """Flatten all axes but the first: (N, ...) -> (N, all the rest)."""

    def forward(self, x: Tensor) -> Tensor:
        x = as_tensor(x)
        return F.reshape(x, len(x), prod(x.shape[1:]))


class Identity(Module):
    """Return the input unchanged. Use it where a layer is optional: `nn.Dropout(p) if p else nn.Identity()`."""

    def forward(self, x: Tensor) -> Tensor:
        return x
