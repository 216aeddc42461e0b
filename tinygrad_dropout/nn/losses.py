"""The losses as modules. `td.functional` holds the formulas."""

from __future__ import annotations

from typing import Any

from tinygrad_dropout import functional as F
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.functional._loss_parts import check_reduction
from tinygrad_dropout.nn.module import Module


class Loss(Module):
    """What the losses have in common: how the losses of a batch become one number.

    Args:
        reduction: "mean", "sum" or "none".
    """

    def __init__(self, *misplaced: Any, reduction: str = "mean") -> None:
        if misplaced:
            name = type(self).__name__
            problem = f"expected no arguments but reduction=, got {len(misplaced)}; make the loss first, then call it"
            raise TypeError(f"{name}: {problem}: {name}()(prediction, target)")
        check_reduction(type(self).__name__, reduction)
        self.reduction = reduction

    def extra_repr(self) -> str:
        return "" if self.reduction == "mean" else f"reduction={self.reduction!r}"


class CrossEntropyLoss(Loss):
    """Softmax cross-entropy of logits (N, C) against class labels (N,) or probabilities (N, C)."""

    def forward(self, logits: Tensor, target: Any) -> Tensor:
        return F.cross_entropy(logits, target, reduction=self.reduction)


class MSELoss(Loss):
    """The squared error of two tensors of one shape."""

    def forward(self, input: Tensor, target: Any) -> Tensor:
        return F.mse_loss(input, target, reduction=self.reduction)


class BCEWithLogitsLoss(Loss):
    """Sigmoid cross-entropy of logits against targets in [0, 1] of the same shape."""

    def forward(self, logits: Tensor, target: Any) -> Tensor:
        return F.binary_cross_entropy_with_logits(logits, target, reduction=self.reduction)
