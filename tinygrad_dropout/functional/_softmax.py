"""Softmax and its logarithm: scores into probabilities, without overflow."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_floating
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.functional._axes import checked_axis, numpys_names


@numpys_names
def softmax(x: Any, axis: int = -1) -> Tensor:
    """e^x / sum(e^x) along `axis`: positive numbers that sum to 1."""
    x = as_floating(x)
    axis = checked_axis(x, axis)
    probabilities = np.exp(shifted(x.data, highest_along("softmax", x.data, axis), axis))
    probabilities = probabilities / probabilities.sum(axis=axis, keepdims=True)
    return record(probabilities, (x,), softmax_backward, saved=(probabilities, axis))


def softmax_backward(grad: Array, x: Tensor, probabilities: Array, axis: int) -> tuple[Any, ...]:
    """dL/dx = p * (grad - sum(grad * p)), the sum along the axis."""
    weighted = grad * probabilities
    return (weighted - probabilities * weighted.sum(axis=axis, keepdims=True),)


@numpys_names
def log_softmax(x: Any, axis: int = -1) -> Tensor:
    """ln(softmax(x)) along `axis`, exact even where the probability itself would round to 0."""
    x = as_floating(x)
    axis = checked_axis(x, axis)
    below = shifted(x.data, highest_along("log_softmax", x.data, axis), axis)
    out = below - np.log(np.exp(below).sum(axis=axis, keepdims=True))
    return record(out, (x,), log_softmax_backward, saved=(out, axis))


def log_softmax_backward(grad: Array, x: Tensor, out: Array, axis: int) -> tuple[Any, ...]:
    """dL/dx = grad - p * sum(grad), the sum along the axis; p = e^out."""
    return (grad - np.exp(out) * grad.sum(axis=axis, keepdims=True),)


def highest_along(operation: str, scores: Array, axis: int) -> Array:
    """The highest score along an axis, which stays with length 1; -inf where there is none."""
    try:
        return np.asarray(np.maximum.reduce(scores, axis=axis, keepdims=True, initial=-np.inf))
    except np.exceptions.AxisError as error:
        raise ShapeError(operation, f"expected an axis of shape {scores.shape}, got axis={axis}: {error}") from None


def shifted(scores: Array, highest: Array, axis: int) -> Array:
    """The scores less the highest of them along the axis: a softmax does not change, and e^x is at most 1."""
    if highest.size and highest.item(highest.argmax()) == np.inf:
        return shifted_from_infinity(scores, highest, axis)
    return np.asarray(scores - highest)


def shifted_from_infinity(scores: Array, highest: Array, axis: int) -> Array:
    """The same where a score is infinite. One takes all of the probability; of several, which do not say how they
    share it, NaN is left."""
    infinite = scores == np.inf
    with np.errstate(invalid="ignore"):  # inf - inf
        return np.where(infinite & (infinite.sum(axis=axis, keepdims=True) == 1), 0, scores - highest)
