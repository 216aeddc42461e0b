"""Softmax and its logarithm: they turn scores into probabilities without overflow."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_floating
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.functional._axes import checked_axis, require_numpy_names


@require_numpy_names
def softmax(x: Any, axis: int = -1) -> Tensor:
    """e^x / sum(e^x) along `axis`: positive numbers that sum to 1."""
    x = as_floating(x)
    axis = checked_axis(x, axis)
    probabilities = np.exp(subtract_highest(x.data, highest_along("softmax", x.data, axis), axis))
    probabilities = probabilities / probabilities.sum(axis=axis, keepdims=True)
    return record(probabilities, (x,), softmax_backward, saved=(probabilities, axis))


def softmax_backward(grad: Array, x: Tensor, probabilities: Array, axis: int) -> tuple[Any, ...]:
    """dL/dx = p * (grad - sum(grad * p)), with the sum along the axis."""
    weighted = grad * probabilities
    return (weighted - probabilities * weighted.sum(axis=axis, keepdims=True),)


@require_numpy_names
def log_softmax(x: Any, axis: int = -1) -> Tensor:
    """ln(softmax(x)) along `axis`, exact even if the probability itself would round to 0."""
    x = as_floating(x)
    axis = checked_axis(x, axis)
    shifted = subtract_highest(x.data, highest_along("log_softmax", x.data, axis), axis)
    out = shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
    return record(out, (x,), log_softmax_backward, saved=(out, axis))


def log_softmax_backward(grad: Array, x: Tensor, out: Array, axis: int) -> tuple[Any, ...]:
    """dL/dx = grad - p * sum(grad), with the sum along the axis and p = e^out."""
    return (grad - np.exp(out) * grad.sum(axis=axis, keepdims=True),)


def highest_along(operation: str, scores: Array, axis: int) -> Array:
    """Return the highest score along an axis, keeping the axis with length 1; -inf if there are no scores."""
    try:
        return np.asarray(np.maximum.reduce(scores, axis=axis, keepdims=True, initial=-np.inf))
    except np.exceptions.AxisError as error:
        raise ShapeError(operation, f"expected an axis of shape {scores.shape}, got axis={axis}: {error}") from None


def subtract_highest(scores: Array, highest: Array, axis: int) -> Array:
    """Subtract the highest score along the axis. The softmax stays the same, and e^x is at most 1."""
    if highest.size and highest.item(highest.argmax()) == np.inf:
        return subtract_infinite_highest(scores, highest, axis)
    return np.asarray(scores - highest)


def subtract_infinite_highest(scores: Array, highest: Array, axis: int) -> Array:
    """Do the same if a score is infinite. A single infinity gets all the probability; several give NaN."""
    infinite = scores == np.inf
    with np.errstate(invalid="ignore"):  # inf - inf
        return np.where(infinite & (infinite.sum(axis=axis, keepdims=True) == 1), 0, scores - highest)
