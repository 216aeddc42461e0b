"""The losses as modules. `td.functional` has the formulas."""

from __future__ import annotations

from typing import Any

from tinygrad_dropout import functional as F
from tinygrad_dropout.autograd.dtypes import as_floating
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.functional._arguments import checked_number
from tinygrad_dropout.functional._loss_parts import as_constant, check_reduction
from tinygrad_dropout.nn.module import Buffer, Module


class Loss(Module):
    """The base class of the losses: it stores how to reduce the losses of a batch to one number.

    Args:
        reduction: "mean", "sum" or "none".
    """

    def __init__(self, *misplaced: Any, reduction: str = "mean") -> None:
        if misplaced:
            name = type(self).__name__
            problem = f"expected options by name, got {len(misplaced)} without; create the loss first, then call it"
            raise TypeError(f"{name}: {problem}: {name}()(prediction, target)")
        check_reduction(type(self).__name__, reduction)
        self.reduction = reduction

    def extra_repr(self) -> str:
        return "" if self.reduction == "mean" else f"reduction={self.reduction!r}"


def as_buffer(loss: Loss, name: str, weight: Any) -> Buffer | None:
    """Copy the weights as floats into a Buffer, which is in the loss's state_dict; None stays None."""
    return None if weight is None else Buffer(as_floating(as_constant(type(loss).__name__, weight, name)).data)


class WeightedLoss(Loss):
    """A classification loss in which some classes can count more than others.

    Args:
        weight: array (C,): how much each class counts; None for 1 each. A Buffer, so it is in the state_dict.
        reduction: "mean", "sum" or "none".
    """

    def __init__(self, *misplaced: Any, weight: Any = None, reduction: str = "mean") -> None:
        super().__init__(*misplaced, reduction=reduction)
        self.weight = as_buffer(self, "weight", weight)


class CrossEntropyLoss(WeightedLoss):
    """Softmax cross-entropy of logits (N, C) against class labels (N,) or probabilities (N, C).

    Args:
        weight: array (C,): how much each class counts; None for 1 each.
        label_smoothing: the share of the target that is spread over all classes, from 0 to 1.
        reduction: "mean", "sum" or "none".
    """

    def __init__(
        self, *misplaced: Any, weight: Any = None, label_smoothing: float = 0.0, reduction: str = "mean"
    ) -> None:
        super().__init__(*misplaced, weight=weight, reduction=reduction)
        self.label_smoothing = checked_number("CrossEntropyLoss", "label_smoothing", label_smoothing, least=0, most=1)

    def forward(self, logits: Tensor, target: Any) -> Tensor:
        return F.cross_entropy(
            logits, target, weight=self.weight, label_smoothing=self.label_smoothing, reduction=self.reduction
        )

    def extra_repr(self) -> str:
        smoothing = f"label_smoothing={self.label_smoothing:g}" if self.label_smoothing else ""
        return ", ".join(filter(None, [super().extra_repr(), smoothing]))


class NLLLoss(WeightedLoss):
    """The negative log-likelihood of log-probabilities (N, C) at class labels (N,)."""

    def forward(self, log_probabilities: Tensor, target: Any) -> Tensor:
        return F.nll_loss(log_probabilities, target, weight=self.weight, reduction=self.reduction)


class MSELoss(Loss):
    """The squared error between two tensors of the same shape."""

    def forward(self, input: Tensor, target: Any) -> Tensor:
        return F.mse_loss(input, target, reduction=self.reduction)


class L1Loss(Loss):
    """The absolute error between two tensors of the same shape."""

    def forward(self, input: Tensor, target: Any) -> Tensor:
        return F.l1_loss(input, target, reduction=self.reduction)


class BCEWithLogitsLoss(Loss):
    """Sigmoid cross-entropy of logits against targets in [0, 1] of the same shape.

    Args:
        pos_weight: array that broadcasts to that shape: how much a positive target counts if a negative one counts 1;
            None for 1. A Buffer, so it is in the state_dict.
        reduction: "mean", "sum" or "none".
    """

    def __init__(self, *misplaced: Any, pos_weight: Any = None, reduction: str = "mean") -> None:
        super().__init__(*misplaced, reduction=reduction)
        self.pos_weight = as_buffer(self, "pos_weight", pos_weight)

    def forward(self, logits: Tensor, target: Any) -> Tensor:
        return F.binary_cross_entropy_with_logits(logits, target, pos_weight=self.pos_weight, reduction=self.reduction)
