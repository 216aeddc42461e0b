"""Linear: the affine layer y = x @ W.T + b."""

from __future__ import annotations

from math import sqrt

import numpy as np
import numpy.typing as npt

from tinygrad_dropout import functional as F
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.functional._arguments import checked_lengths
from tinygrad_dropout.nn.module import Module, Parameter
from tinygrad_dropout.rng import resolve_rng


class Linear(Module):
    """y = x @ W.T + b, with trained W and b.

    Args:
        in_features, out_features: the lengths of the last axes of x and y.
        bias: whether to add b.
        dtype: of the parameters.
        rng: the generator for the initial values; the framework's own if None.

    Attributes:
        weight: Parameter (out_features, in_features).
        bias: Parameter (out_features,), or None.

    Both are drawn uniformly from [-1/sqrt(in_features), 1/sqrt(in_features)], as in PyTorch (its kaiming_uniform_ with
    a = sqrt(5), after He et al. 2015, arXiv:1502.01852).
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        dtype: npt.DTypeLike = np.float32,
        rng: np.random.Generator | None = None,
    ) -> None:
        self.in_features, self.out_features = checked_lengths("Linear", "sizes", (in_features, out_features))
        bound = 1 / sqrt(in_features) if in_features else 0.0
        rng = resolve_rng("Linear", rng)

        def drawn(*shape: int) -> Array:
            return rng.uniform(-bound, bound, size=shape).astype(dtype)

        self.weight = Parameter(drawn(out_features, in_features))
        self.bias = Parameter(drawn(out_features)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"{self.in_features} -> {self.out_features}{', bias=False' if self.bias is None else ''}"
