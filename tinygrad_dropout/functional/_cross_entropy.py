"""The loss of a classifier: softmax and negative log-likelihood in one."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_floating
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.functional._loss_parts import checked_target, grad_of_each, reduced
from tinygrad_dropout.functional._softmax import shifted


def cross_entropy(logits: Any, target: Any, *, reduction: str = "mean") -> Tensor:
    """-ln p(target), where p = softmax(logits).

    Args:
        logits: shape (N, C), unnormalised scores.
        target: int array (N,) of class labels 0 ... C - 1, or float array (N, C) of probabilities. No gradient flows
            to it.
        reduction: "mean" over the batch, "sum", or "none" for the loss of each row.

    Returns:
        Tensor of shape (), or (N,) for "none".

    Raises:
        ShapeError: logits or target of another shape.
        DtypeError: booleans for labels.
        ValueError: a label outside 0 ... C - 1, or an unknown reduction.
    """
    logits = as_floating(logits)
    target = checked_target("cross_entropy", logits, target)
    below = shifted("cross_entropy", logits.data, axis=1)
    log_probabilities = below - np.log(np.add.reduce(np.exp(below), axis=1, keepdims=True))  # sum, with less overhead
    if target.ndim == 1:
        losses = -log_probabilities[np.arange(len(target)), target]
    else:
        weighted = np.zeros_like(log_probabilities)  # will be target * log_probabilities, in which 0 ln 0 is 0
        np.multiply(target, log_probabilities, out=weighted, where=target != 0)
        losses = -weighted.sum(axis=1)
    out = reduced("cross_entropy", losses, reduction)
    return record(out, (logits,), cross_entropy_backward, saved=(log_probabilities, target, reduction))


def cross_entropy_backward(
    grad: Array, logits: Tensor, log_probabilities: Array, target: Array, reduction: str
) -> tuple[Any, ...]:
    """dL/dlogits = grad * (p - target), divided by N for the mean; the target is one-hot for class labels.

    (If a row of the target sums to s instead of 1, it is s * p - target.)
    """
    difference = np.exp(log_probabilities)  # p, from which the target is now subtracted
    if target.ndim == 1:
        label = np.arange(len(target)), target
        difference[label] = np.expm1(log_probabilities[label])  # p - 1, but exact where p is close to 1
    else:
        difference *= target.sum(axis=1, keepdims=True)
        difference -= target
    grad_per_example = grad_of_each(grad, len(target), reduction)
    return (difference * (grad_per_example[:, np.newaxis] if reduction == "none" else grad_per_example),)
