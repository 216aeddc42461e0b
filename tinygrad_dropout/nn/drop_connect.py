"""DropConnect: a Linear layer that drops weights instead of inputs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tinygrad_dropout import functional as F
from tinygrad_dropout.autograd.dtypes import as_tensor
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.nn.dropout import Dropout
from tinygrad_dropout.nn.linear import Linear


class DropConnect(Dropout, Linear):
    """y = x @ (M * W).T / (1 - p) + b in training mode, with each weight dropped independently; Linear in evaluation.

    Wan et al. 2013, "Regularization of Neural Networks using DropConnect" (ICML). This layer differs from theirs:

        Wan et al.                                          here
        a mask M for every example                          one for the whole batch, unless per_example=True
        biases are dropped, too                             biases stay, as in Dropout before a Linear
        kept weights are not scaled while training          they are scaled by 1 / (1 - p)
        at test, each unit's input is drawn from a          at test, the mean weights W are used, which gives that
        Gaussian of its mean and variance over the masks,   mean, and no variance; `td.mc_forward` averages over
        and the activations are averaged over the draws     real masks instead

    Args:
        in_features, out_features, bias, dtype: as for Linear. The state_dict is the same as Linear's, too.
        p: the probability that a weight is dropped, 0 <= p <= 1. It is not rounded.
        per_example: whether every row of the input has its own mask. This takes a few times the memory of one weight
            matrix per row.
        rng: the generator for the initial values and the masks; the framework's own (see `td.manual_seed`) if None.

    Attributes:
        weight, bias: as in Linear.
        mask: the last training forward's mask, True where the weight was kept. It is a bool array
            (out_features, in_features), or with per_example (..., out_features, in_features) for an input
            (..., in_features). None in evaluation mode and before the first forward.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        p: float = 0.5,
        per_example: bool = False,
        dtype: npt.DTypeLike = np.float32,
        rng: np.random.Generator | None = None,
    ) -> None:
        Dropout.__init__(self, p, rng=rng)
        Linear.__init__(self, in_features, out_features, bias, dtype=dtype, rng=rng)
        self.per_example = per_example

    def forward(self, x: Tensor) -> Tensor:
        if self.per_example and self.training:
            return self._forward_per_example(as_tensor(x, like=self.weight))
        return F.linear(x, Dropout.forward(self, self.weight), self.bias)

    def _forward_per_example(self, x: Tensor) -> Tensor:
        """Multiply every row of x by its own copy of the weights, each with its own mask."""
        inputs = self.weight.shape[1]
        if x.shape[-1:] != (inputs,):
            raise ShapeError("linear", f"expected the last axis to be {inputs}, got an input of shape {x.shape}")
        repeated = self.weight * np.ones((*x.shape[:-1], 1, 1))
        column = F.unsqueeze(x, -1)
        out = F.squeeze(F.matmul(Dropout.forward(self, repeated), column), -1)
        return out if self.bias is None else out + self.bias

    def extra_repr(self) -> str:
        per_example = ", per_example=True" if self.per_example else ""
        return f"{Linear.extra_repr(self)}, {Dropout.extra_repr(self)}{per_example}"
