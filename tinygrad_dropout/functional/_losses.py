"""The other losses: negative log-likelihood, squared error, and cross-entropy for yes-or-no targets.

Every loss takes `reduction`: "mean" over the batch (over all elements if there is one loss per element), "sum", or
"none" for the losses one by one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_floating, operands
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.functional._activations import logistic
from tinygrad_dropout.functional._loss_parts import check_same_shape, checked_target, constant, grad_of_each, reduced


def nll_loss(log_probabilities: Any, target: Any, *, reduction: str = "mean") -> Tensor:
    """The negative log-likelihood: -log_probabilities at the target class. `cross_entropy` without its softmax.

    Args:
        log_probabilities: shape (N, C), as `log_softmax` gives them.
        target: int array (N,) of class labels.
        reduction: "mean", "sum" or "none".
    """
    log_probabilities = as_floating(log_probabilities)
    target = checked_target("nll_loss", log_probabilities, target)
    if target.ndim != 1:
        raise ShapeError("nll_loss", f"expected integer class labels of shape (N,), got shape {target.shape}")
    out = reduced("nll_loss", -log_probabilities.data[np.arange(len(target)), target], reduction)
    return record(out, (log_probabilities,), nll_loss_backward, saved=(target, reduction))


def nll_loss_backward(grad: Array, log_probabilities: Tensor, target: Array, reduction: str) -> tuple[Any, ...]:
    """dL/dlog_probabilities = -grad at the target class (divided by N for the mean), 0 elsewhere."""
    full = np.zeros(log_probabilities.shape, dtype=grad.dtype)
    full[np.arange(len(target)), target] = -grad_of_each(grad, len(target), reduction)
    return (full,)


def mse_loss(input: Any, target: Any, *, reduction: str = "mean") -> Tensor:
    """The squared error (input - target)², averaged over all elements.

    Args:
        input, target: Tensors or arrays of one shape; gradients flow to both.
        reduction: "mean", "sum" or "none".
    """
    input, target = operands(input, target)
    input, target = as_floating(input), as_floating(target)
    check_same_shape("mse_loss", input, target.data)
    difference = np.asarray(input.data - target.data)
    out = reduced("mse_loss", difference * difference, reduction)
    return record(out, (input, target), mse_loss_backward, saved=(difference, reduction))


def mse_loss_backward(grad: Array, input: Tensor, target: Tensor, difference: Array, reduction: str) -> tuple[Any, ...]:
    """dL/dinput = grad * 2 (input - target), divided by their number for the mean;  dL/dtarget = -dL/dinput."""
    dinput = (2 * grad_of_each(grad, difference.size, reduction)) * difference
    return dinput, -dinput if target.requires_grad else None


def binary_cross_entropy_with_logits(logits: Any, target: Any, *, reduction: str = "mean") -> Tensor:
    """Sigmoid and cross-entropy in one: -t ln s - (1 - t) ln(1 - s), where s = sigmoid(logits).

    Computed as z (z > 0 ? 1 - t : -t) + ln(1 + e^-|z|), which overflows nowhere; 0 times an infinite z is 0, its limit.

    Args:
        logits: any shape, unnormalised scores z.
        target: array of the same shape, t in [0, 1]. No gradient flows to it.
        reduction: "mean" over all elements, "sum", or "none".
    """
    logits = as_floating(logits)
    target = constant("binary_cross_entropy_with_logits", target).astype(logits.dtype, copy=False)
    check_same_shape("binary_cross_entropy_with_logits", logits, target)
    z = logits.data
    slope = (z > 0) - target
    with np.errstate(invalid="ignore"):  # 0 * inf, which is replaced
        losses = np.where(slope == 0, 0, z * slope) + np.log1p(np.exp(-np.abs(z)))
    out = reduced("binary_cross_entropy_with_logits", losses, reduction)
    return record(out, (logits,), binary_cross_entropy_with_logits_backward, saved=(target, reduction))


def binary_cross_entropy_with_logits_backward(
    grad: Array, logits: Tensor, target: Array, reduction: str
) -> tuple[Any, ...]:
    """dL/dlogits = grad * (sigmoid(logits) - t), divided by the number of elements for the mean."""
    return (grad_of_each(grad, target.size, reduction) * (logistic(logits.data) - target),)
