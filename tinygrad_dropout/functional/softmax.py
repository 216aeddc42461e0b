"""Softmax and its logarithm: scores into probabilities, without overflow."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.recording import as_tensor, record
from tinygrad_dropout.tensor import Array, Tensor


def softmax(x: Any, axis: int = -1) -> Tensor:
    """e^x / sum(e^x) along `axis`: positive numbers that sum to 1."""
    x = as_tensor(x)
    probabilities = np.exp(shifted(x.data, axis))
    probabilities = probabilities / probabilities.sum(axis=axis, keepdims=True)
    return record(probabilities, (x,), softmax_backward, saved=(probabilities, axis))


def softmax_backward(grad: Array, x: Tensor, probabilities: Array, axis: int) -> tuple[Any, ...]:
    """dL/dx = p * (grad - sum(grad * p)), the sum along the axis."""
    weighted = grad * probabilities
    return (weighted - probabilities * weighted.sum(axis=axis, keepdims=True),)


def log_softmax(x: Any, axis: int = -1) -> Tensor:
    """ln(softmax(x)) along `axis`, exact also where the probability itself would round to 0."""
    x = as_tensor(x)
    out = log_probabilities_of(x.data, axis)
    return record(out, (x,), log_softmax_backward, saved=(out, axis))


def log_softmax_backward(grad: Array, x: Tensor, log_probabilities: Array, axis: int) -> tuple[Any, ...]:
    """dL/dx = grad - p * sum(grad), the sum along the axis."""
    return (grad - np.exp(log_probabilities) * grad.sum(axis=axis, keepdims=True),)


def log_probabilities_of(scores: Array, axis: int) -> Array:
    """x - ln(sum(e^x)) of an ndarray."""
    below = shifted(scores, axis)
    below -= np.log(np.exp(below).sum(axis=axis, keepdims=True))
    return below


def shifted(scores: Array, axis: int) -> Array:
    """The scores less their maximum: a softmax does not change, and e^x is at most 1."""
    if scores.dtype.kind != "f":
        scores = scores.astype(np.float32)
    try:
        highest = np.maximum.reduce(scores, axis=axis, keepdims=True, initial=-np.inf)
    except np.exceptions.AxisError as error:
        raise ShapeError("softmax", f"expected an axis of shape {scores.shape}, got axis={axis}: {error}") from None
    return np.asarray(scores - highest)
