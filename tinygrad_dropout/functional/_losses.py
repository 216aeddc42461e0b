"""The other losses: negative log-likelihood, squared and absolute error, and cross-entropy for binary targets.

Every loss takes `reduction`: "mean" over the batch (over all elements if there is one loss per element), "sum", or
"none" for the losses one by one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_floating, match_dtypes
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.functional._activations import logistic
from tinygrad_dropout.functional._loss_parts import (
    as_constant,
    check_same_shape,
    checked_target,
    class_weights,
    grad_per_loss,
    reduce_losses,
)


def nll_loss(log_probabilities: Any, target: Any, *, weight: Any = None, reduction: str = "mean") -> Tensor:
    """The negative log-likelihood: -log_probabilities at the target class. This is `cross_entropy` without the softmax.

    Args:
        log_probabilities: shape (N, C), as returned by `log_softmax`.
        target: int array (N,) of class labels.
        weight: array (C,): how much each class counts; None for 1 each.
        reduction: "mean", "sum" or "none". With weights, the mean is the sum of the losses divided by the sum of the
            weights at the labels.
    """
    log_probabilities = as_floating(log_probabilities)
    target = checked_target("nll_loss", log_probabilities, target)
    if target.ndim != 1:
        raise ShapeError("nll_loss", f"expected integer class labels of shape (N,), got shape {target.shape}")
    weight = None if weight is None else as_constant("nll_loss", weight, "weight")
    weights = class_weights("nll_loss", log_probabilities, target, weight, reduction)[target]
    out = reduce_losses("nll_loss", -weights * log_probabilities.data[np.arange(len(target)), target], reduction)
    return record(out, (log_probabilities,), nll_loss_backward, saved=(target, weight, reduction))


def nll_loss_backward(
    grad: Array, log_probabilities: Tensor, target: Array, weight: Array | None, reduction: str
) -> tuple[Any, ...]:
    """dL/dlog_probabilities = -grad * weight at the target class (divided by N for the mean), 0 elsewhere."""
    weights = class_weights("nll_loss", log_probabilities, target, weight, reduction)[target]
    full = np.zeros(log_probabilities.shape, dtype=grad.dtype)
    full[np.arange(len(target)), target] = -weights * grad_per_loss(grad, len(target), reduction)
    return (full,)


def mse_loss(input: Any, target: Any, *, reduction: str = "mean") -> Tensor:
    """The squared error (input - target)², averaged over all elements.

    Args:
        input, target: Tensors or arrays of the same shape. Gradients flow to both.
        reduction: "mean", "sum" or "none".
    """
    input, target = match_dtypes(input, target)
    input, target = as_floating(input), as_floating(target)
    check_same_shape("mse_loss", input, target.data)
    difference = np.asarray(input.data - target.data)
    out = reduce_losses("mse_loss", difference * difference, reduction)
    return record(out, (input, target), mse_loss_backward, saved=(difference, reduction))


def mse_loss_backward(grad: Array, input: Tensor, target: Tensor, difference: Array, reduction: str) -> tuple[Any, ...]:
    """dL/dinput = grad * 2 (input - target), divided by the element count for the mean;  dL/dtarget = -dL/dinput."""
    dinput = (2 * grad_per_loss(grad, difference.size, reduction)) * difference
    return dinput, -dinput if target.requires_grad else None


def l1_loss(input: Any, target: Any, *, reduction: str = "mean") -> Tensor:
    """The absolute error |input - target|, averaged over all elements.

    Args:
        input, target: Tensors or arrays of the same shape. Gradients flow to both.
        reduction: "mean", "sum" or "none".
    """
    input, target = match_dtypes(input, target)
    input, target = as_floating(input), as_floating(target)
    check_same_shape("l1_loss", input, target.data)
    difference = np.asarray(input.data - target.data)
    out = reduce_losses("l1_loss", np.abs(difference), reduction)
    return record(out, (input, target), l1_loss_backward, saved=(difference, reduction))


def l1_loss_backward(grad: Array, input: Tensor, target: Tensor, difference: Array, reduction: str) -> tuple[Any, ...]:
    """dL/dinput = grad * sign(input - target), divided by the element count for the mean;  dL/dtarget = -dL/dinput.

    The sign is 0 at the kink, where the two are equal (and at NaN, as in PyTorch).
    """
    sign = np.subtract(difference > 0, difference < 0, dtype=grad.dtype)
    dinput = grad_per_loss(grad, difference.size, reduction) * sign
    return dinput, -dinput if target.requires_grad else None


def binary_cross_entropy_with_logits(
    logits: Any, target: Any, *, pos_weight: Any = None, reduction: str = "mean"
) -> Tensor:
    """Sigmoid and cross-entropy in one: -w t ln s - (1 - t) ln(1 - s), where s = sigmoid(logits) and w = pos_weight.

    It is computed as z (z > 0 ? 1 - t : -w t) + (w t + 1 - t) ln(1 + e^-|z|), which never overflows. 0 times an
    infinite z counts as 0, its limit.

    Args:
        logits: any shape, unnormalized scores z.
        target: array of the same shape, t in [0, 1]. No gradient flows to it.
        pos_weight: array that broadcasts to that shape: how much a positive target counts if a negative one counts 1;
            None for 1. No gradient flows to it. The mean still divides by the number of elements.
        reduction: "mean" over all elements, "sum", or "none".
    """
    logits = as_floating(logits)
    target = as_constant("binary_cross_entropy_with_logits", target).astype(logits.dtype, copy=False)
    check_same_shape("binary_cross_entropy_with_logits", logits, target)
    if pos_weight is not None:
        pos_weight = broadcast_weight(logits, target, pos_weight)
    positive, negative = log_factors(target, pos_weight)
    z = logits.data
    slope = np.where(z > 0, negative, -positive)
    with np.errstate(invalid="ignore"):  # from 0 * inf, which np.where replaces
        losses = np.where(slope == 0, 0, z * slope) + (positive + negative) * np.log1p(np.exp(-np.abs(z)))
    out = reduce_losses("binary_cross_entropy_with_logits", losses, reduction)
    return record(out, (logits,), binary_cross_entropy_with_logits_backward, saved=(target, pos_weight, reduction))


def binary_cross_entropy_with_logits_backward(
    grad: Array, logits: Tensor, target: Array, pos_weight: Array | None, reduction: str
) -> tuple[Any, ...]:
    """dL/dlogits = grad * ((w t + 1 - t) sigmoid(logits) - w t), divided by the number of elements for the mean.

    Without a pos_weight, this is grad * (sigmoid(logits) - t).
    """
    positive, negative = log_factors(target, pos_weight)
    slope = (positive + negative) * logistic(logits.data) - positive
    return (grad_per_loss(grad, target.size, reduction) * slope,)


def log_factors(target: Array, pos_weight: Array | None) -> tuple[Array, Array]:
    """Return the factors of ln(s) and ln(1 - s): w t and 1 - t."""
    return target if pos_weight is None else target * pos_weight, 1 - target


def broadcast_weight(logits: Tensor, target: Array, pos_weight: Any) -> Array:
    """Return pos_weight in the target's shape and the logits' dtype."""
    operation = "binary_cross_entropy_with_logits"
    weights = as_constant(operation, pos_weight, "pos_weight").astype(logits.dtype)
    try:
        return np.broadcast_to(weights, target.shape)
    except ValueError:
        problem = f"expected pos_weight to broadcast to the target's shape {target.shape}, got {weights.shape}"
        raise ShapeError(operation, problem) from None
