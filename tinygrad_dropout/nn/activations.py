"""Layers without parameters: the nonlinearities, and Flatten."""

from __future__ import annotations

from math import prod

from tinygrad_dropout import functional as F
from tinygrad_dropout.autograd.dtypes import as_tensor
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.nn.module import Module


class ReLU(Module):
    """max(x, 0), elementwise."""

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x)


class Sigmoid(Module):
    """1 / (1 + e^-x), elementwise."""

    def forward(self, x: Tensor) -> Tensor:
        return F.sigmoid(x)


class Tanh(Module):
    """The hyperbolic tangent, elementwise."""

    def forward(self, x: Tensor) -> Tensor:
        return F.tanh(x)


class Flatten(Module):
    """(N, ...) -> (N, everything else in one axis)."""

    def forward(self, x: Tensor) -> Tensor:
        x = as_tensor(x)
        return F.reshape(x, len(x), prod(x.shape[1:]))
