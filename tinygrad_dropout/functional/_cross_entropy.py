"""The loss of a classifier: softmax and negative log-likelihood in one."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_floating
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.functional._loss_parts import checked_target, grad_of_each, reduced


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
    scores = np.ascontiguousarray(logits.data.T)  # classes x batch: NumPy is slow along an axis as short as the classes
    below = scores - np.maximum.reduce(scores, axis=0, initial=-np.inf)  # scores.max, which NumPy starts later
    wide = np.float64 if len(below) > 64 or below.itemsize < 4 else None  # to add many terms one after the other
    log_probabilities = below - np.log(np.add.reduce(np.exp(below), axis=0, dtype=wide)).astype(below.dtype, copy=False)
    if target.ndim == 1:
        losses = -log_probabilities[target, np.arange(len(target))]
    else:
        losses = -np.where(target.T == 0, 0, target.T * log_probabilities).sum(axis=0)  # 0 ln 0 is 0
    out = reduced("cross_entropy", losses, reduction)
    return record(out, (logits,), cross_entropy_backward, saved=(log_probabilities, target, reduction))


def cross_entropy_backward(
    grad: Array, logits: Tensor, log_probabilities: Array, target: Array, reduction: str
) -> tuple[Any, ...]:
    """dL/dlogits = grad * (p - target), divided by N for the mean; the target is one-hot for class labels.

    (A target whose probabilities sum to s instead of 1 gives s p - target.)
    """
    difference = np.exp(log_probabilities)
    if target.ndim == 1:
        label = target, np.arange(len(target))
        difference[label] = np.expm1(log_probabilities[label])  # p - 1, but exact where p is close to 1
    else:
        difference *= target.sum(axis=1)
        difference -= target.T
    difference *= grad_of_each(grad, len(target), reduction)
    return (difference.T,)
