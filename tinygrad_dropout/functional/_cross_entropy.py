"""The loss of a classifier: softmax and negative log-likelihood in one."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_floating
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.functional._constants import row_numbers
from tinygrad_dropout.functional._loss_parts import (
    checked_target,
    class_weights,
    grad_per_loss,
    reduce_losses,
    smooth_labels,
)
from tinygrad_dropout.functional._rows import highest_of_each_row, sum_of_each_row
from tinygrad_dropout.functional._softmax import subtract_highest


def cross_entropy(
    logits: Any, target: Any, *, weight: Any = None, label_smoothing: float = 0.0, reduction: str = "mean"
) -> Tensor:
    """The cross-entropy -ln p(target), where p = softmax(logits).

    With class weights w and label smoothing e, the loss is -(sum over the classes c of w_c q_c ln p_c), where
    q = (1 - e) target + e / C. Smoothing keeps the network from growing ever more confident (Szegedy et al. 2016,
    arXiv:1512.00567).

    Args:
        logits: shape (N, C), unnormalized scores.
        target: int array (N,) of class labels 0 ... C - 1, or float array (N, C) of probabilities. No gradient flows
            to it.
        weight: array (C,), w: how much each class counts; None for 1 each. No gradient flows to it.
        label_smoothing: e, from 0 to 1: the share of the target that is spread over all classes.
        reduction: "mean" over the batch, "sum", or "none" for the loss of each row. For labels with weights, the mean
            is weighted, as in PyTorch: the sum of the losses divided by the sum of the labels' weights.

    Returns:
        Tensor of shape (), or (N,) for "none".

    Raises:
        ShapeError: logits, target or weight has the wrong shape.
        DtypeError: the labels are booleans.
        ValueError: a label is outside 0 ... C - 1, label_smoothing is outside [0, 1], or the reduction is unknown.
    """
    logits = as_floating(logits)
    target = checked_target("cross_entropy", logits, target)
    if weight is not None or label_smoothing:
        weights = class_weights("cross_entropy", logits, target, weight, reduction)
        target = smooth_labels("cross_entropy", logits, target, label_smoothing) * weights
    shifted = subtract_highest(logits.data, highest_of_each_row(logits.data), axis=1)
    exponentials = np.exp(shifted)
    sums = sum_of_each_row(exponentials)
    if target.ndim == 1:
        log_likelihoods = shifted[row_numbers(len(target)), target] - np.log(sums)
    else:
        log_p = shifted - np.log(sums)[:, np.newaxis]
        weighted = np.zeros_like(shifted)  # becomes target * ln p, with 0 ln 0 = 0
        np.multiply(target, log_p, out=weighted, where=(target != 0) | np.isnan(log_p))
        log_likelihoods = weighted.sum(axis=1)
    probabilities = exponentials / sums[:, np.newaxis]
    out = reduce_losses("cross_entropy", -log_likelihoods, reduction)
    return record(out, (logits,), cross_entropy_backward, saved=(probabilities, log_likelihoods, target, reduction))


def cross_entropy_backward(
    grad: Array, logits: Tensor, probabilities: Array, log_likelihoods: Array, target: Array, reduction: str
) -> tuple[Any, ...]:
    """dL/dlogits = grad * (p - target), divided by N for the mean; the target is one-hot for class labels.

    Weights make a row of the target sum to some s other than 1; then it is s * p - target.
    """
    if target.ndim == 1:
        difference = probabilities.copy()
        difference[row_numbers(len(target)), target] = np.expm1(log_likelihoods)  # p - 1, but exact close to 1
    else:
        difference = probabilities * target.sum(axis=1, keepdims=True) - target
    grad_per_example = grad_per_loss(grad, len(target), reduction)
    return (difference * (grad_per_example[:, np.newaxis] if reduction == "none" else grad_per_example),)
