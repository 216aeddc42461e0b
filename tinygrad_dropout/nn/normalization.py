"""Layers that standardize: LayerNorm within each example, BatchNorm1d within each channel of a batch."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tinygrad_dropout import functional as F
from tinygrad_dropout.autograd.dtypes import as_tensor
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.functional._arguments import checked_lengths, checked_number
from tinygrad_dropout.nn.module import Buffer, Module, Parameter


class LayerNorm(Module):
    """Standardize the last axes of each example: (x - mean) / sqrt(variance + eps) * weight + bias.

    Training and evaluation do the same. `td.functional.layer_norm` has the details and the paper.

    Args:
        normalized_shape: the lengths of the last axes, over which mean and variance are taken; an int for one axis.
        eps: added to the variance, so that the division is finite when all numbers are equal.
        elementwise_affine: False for no weight and no bias.
        bias: False for a weight without a bias.
        dtype: of the parameters.

    Attributes:
        weight: Parameter of shape `normalized_shape`, ones at the start, or None.
        bias: Parameter of shape `normalized_shape`, zeros at the start, or None.
    """

    def __init__(
        self,
        normalized_shape: int | tuple[int, ...],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        *,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        self.normalized_shape = checked_lengths("LayerNorm", "normalized_shape", normalized_shape)
        self.eps = checked_number("LayerNorm", "eps", eps, least=0)
        self.weight = Parameter(np.ones(self.normalized_shape, dtype)) if elementwise_affine else None
        self.bias = Parameter(np.zeros(self.normalized_shape, dtype)) if elementwise_affine and bias else None

    def forward(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        without = "" if self.weight is not None else ", elementwise_affine=False"
        without += ", bias=False" if self.weight is not None and self.bias is None else ""
        return f"{self.normalized_shape}, eps={self.eps:g}{without}"


class BatchNorm1d(Module):
    """Standardize each channel: (x - mean) / sqrt(variance + eps) * weight + bias.

    In training, mean and variance are those of the batch. In evaluation, they are the running mean and variance of the
    batches seen in training. `td.functional.batch_norm` has the formulas and the paper.

    Put dropout after the last BatchNorm1d, not before one. Dropout adds variance to its output in training but not in
    evaluation. The running variance includes that extra variance, so in evaluation every channel comes out too small.
    For inputs of mean 0, inverted dropout multiplies the variance by 1 / (1 - p). (Li et al. 2018, "Understanding the
    Disharmony between Dropout and Batch Normalization by Variance Shift", arXiv:1801.05134)

    Args:
        num_features: C, the number of channels, for inputs (N, C) or (N, C, L).
        eps: added to the variance, so that the division is finite when all numbers are equal.
        momentum: how far the running statistics move toward each batch's; None for the plain average of all batches.
        affine: False for no weight and no bias.
        track_running_stats: False for no running statistics. Evaluation then uses the batch's own, like training.
        dtype: of the parameters and running statistics.

    Attributes:
        weight, bias: Parameters (C,), ones and zeros at the start, or None.
        running_mean, running_var: Buffers (C,), zeros and ones at the start, or None.
        num_batches_tracked: Buffer (), int64: how many batches the running statistics have seen, or None.
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        (self.num_features,) = checked_lengths("BatchNorm1d", "num_features", num_features)
        self.eps = checked_number("BatchNorm1d", "eps", eps, least=0)
        if momentum is not None:
            momentum = checked_number("BatchNorm1d", "momentum", momentum)
        self.momentum = momentum
        self.weight = Parameter(np.ones(num_features, dtype)) if affine else None
        self.bias = Parameter(np.zeros(num_features, dtype)) if affine else None
        self.running_mean = Buffer(np.zeros(num_features, dtype)) if track_running_stats else None
        self.running_var = Buffer(np.ones(num_features, dtype)) if track_running_stats else None
        self.num_batches_tracked = Buffer(np.array(0, np.int64)) if track_running_stats else None

    def forward(self, x: Tensor) -> Tensor:
        x = as_tensor(x)
        if x.ndim not in (2, 3) or x.shape[1] != self.num_features:
            wanted = f"(N, {self.num_features}) or (N, {self.num_features}, L)"
            raise ShapeError("batch_norm", f"expected an input of shape {wanted}, got {x.shape}")
        tracked: Tensor | None = self.num_batches_tracked if self.training else None
        momentum = self.momentum
        if momentum is None:
            momentum = 0.0 if tracked is None else 1 / (tracked.item() + 1)
        out = F.batch_norm(
            x,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            training=self.training or self.running_mean is None,
            momentum=momentum,
            eps=self.eps,
        )
        if tracked is not None:
            tracked += 1
        return out

    def extra_repr(self) -> str:
        without = "" if self.weight is not None else ", affine=False"
        without += "" if self.running_mean is not None else ", track_running_stats=False"
        return f"{self.num_features}, eps={self.eps:g}, momentum={self.momentum}{without}"
