"""Normalisation: over the features of each example (layer_norm), or over the examples of a batch (batch_norm).

Both subtract a mean and divide by a standard deviation; they only take them over different axes (see `standardize`).
The optional weight and bias are then an ordinary multiplication and addition.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_floating, as_tensor
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.functional._arithmetic import add, multiply, subtract
from tinygrad_dropout.functional._products import factors
from tinygrad_dropout.functional._shapes import reshape


def layer_norm(
    x: Any, normalized_shape: int | tuple[int, ...], weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Tensor:
    """Standardise each example by itself: (x - mean) / sqrt(variance + eps) * weight + bias, over the last axes.

    The variance is the mean squared distance from the mean (it divides by N, not N - 1). The same in training and in
    evaluation. (Ba et al. 2016, arXiv:1607.06450)

    Args:
        x: shape (..., *normalized_shape).
        normalized_shape: the lengths of the last axes, over which mean and variance are taken; an int for one axis.
        weight, bias: shape `normalized_shape`, or None for 1 and 0.
        eps: keeps the division finite where all numbers are equal.

    Raises:
        ShapeError: x does not end in `normalized_shape`, or weight or bias has another shape.
        DtypeError: Tensors of different dtypes.
    """
    x = as_floating(x)
    shape = as_shape(normalized_shape)
    if not shape or x.shape[-len(shape) :] != shape:
        raise ShapeError("layer_norm", f"expected the last axes to be {shape}, got an input of shape {x.shape}")
    out = standardize(x, tuple(range(-len(shape), 0)), eps)
    return scale_and_shift("layer_norm", out, weight, bias, shape, shape)


def batch_norm(
    x: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Standardise each channel over the batch: (x - mean) / sqrt(variance + eps) * weight + bias.

    In training, mean and variance are those of this batch, and the running ones move towards them:

        running = (1 - momentum) * running + momentum * the batch's

    In evaluation, the running ones are used, so the result for one example does not depend on the others.
    The batch is divided by its mean squared distance (N); the running variance gets the estimate with N - 1.
    (Ioffe & Szegedy 2015, arXiv:1502.03167)

    Args:
        x: shape (N, C, ...), such as (N, C) or (N, C, L).
        running_mean, running_var: Tensors (C,), changed in place in training. If they are None, the batch's own mean
            and variance are used in evaluation too.
        weight, bias: shape (C,), or None for 1 and 0.
        training: whether to use the batch's mean and variance.
        momentum: how far the running statistics move, 0 to 1.
        eps: keeps the division finite where all numbers are equal.

    Raises:
        ShapeError: x has no channels, another array does not have shape (C,), or there is one value per channel in
            training: it would be its own mean.
        DtypeError: Tensors of different dtypes.
    """
    x = as_floating(x)
    if x.ndim < 2:
        raise ShapeError("batch_norm", f"expected an input of shape (N, C, ...), got shape {x.shape}")
    channels = (x.shape[1],)
    along = (x.shape[1],) + (1,) * (x.ndim - 2)  # a value for each channel, as it broadcasts against x
    if training or running_mean is None or running_var is None:
        count = x.size // max(x.shape[1], 1)
        if count == 1:
            raise ShapeError("batch_norm", f"expected more than one value per channel in a batch, got shape {x.shape}")
        axes = (0, *range(2, x.ndim))
        out = standardize(x, axes, eps)
        if training and count:
            mean, variance = mean_and_variance(x.data, axes)
            move("running_mean", running_mean, x, mean, momentum)
            move("running_var", running_var, x, variance * (count / (count - 1)), momentum)
    else:
        mean = channelwise("batch_norm", x, running_mean, "running_mean", channels).data.reshape(along)
        variance = channelwise("batch_norm", x, running_var, "running_var", channels).data.reshape(along)
        out = multiply(subtract(x, mean), 1 / np.sqrt(variance + eps))
    return scale_and_shift("batch_norm", out, weight, bias, channels, along)


def move(name: str, running: Tensor | None, x: Tensor, latest: Array, momentum: float) -> None:
    """Move a running statistic, if there is one, towards that of the latest batch."""
    if running is not None:
        running = channelwise("batch_norm", x, as_tensor(running), name, (x.shape[1],))
        running += momentum * (latest.reshape(-1) - running.data)


def standardize(x: Tensor, axes: tuple[int, ...], eps: float) -> Tensor:
    """(x - mean) / sqrt(variance + eps), with the mean and the variance over these axes."""
    mean, variance = mean_and_variance(x.data, axes)
    inverse_deviation = 1 / np.sqrt(variance + eps)
    out = (x.data - mean) * inverse_deviation
    return record(out, (x,), standardize_backward, saved=(out, inverse_deviation, axes, eps))


def standardize_backward(
    grad: Array, x: Tensor, out: Array, inverse_deviation: Array, axes: tuple[int, ...], eps: float
) -> tuple[Any, ...]:
    """dL/dx = (grad - mean(grad) - out * mean(grad * out)) / sqrt(variance + eps), the means over the axes.

    What is subtracted is the part of grad that would move the mean or stretch the deviation: the output has neither.
    """
    count = max(prod(x.shape[axis] for axis in axes), 1)
    moved = grad.sum(axis=axes, keepdims=True) / count
    stretched = (grad * out).sum(axis=axes, keepdims=True) / count
    return ((grad - moved - out * stretched) * inverse_deviation,)


def mean_and_variance(array: Array, axes: tuple[int, ...]) -> tuple[Array, Array]:
    """The mean and the mean squared distance from it, the axes kept with length 1; zeros where there is nothing."""
    count = max(prod(array.shape[axis] for axis in axes), 1)
    mean = array.sum(axis=axes, keepdims=True) / count
    distances = array - mean
    return mean, (distances * distances).sum(axis=axes, keepdims=True) / count


def scale_and_shift(
    operation: str, x: Tensor, weight: Any, bias: Any, shape: tuple[int, ...], along: tuple[int, ...]
) -> Tensor:
    """x * weight + bias, for those of the two that there are; they have this shape and meet x in the shape `along`."""
    for name, given, combine in (("weight", weight, multiply), ("bias", bias, add)):
        if given is not None:
            values = channelwise(operation, x, given, name, shape)
            x = combine(x, values if shape == along else reshape(values, along))
    return x


def channelwise(operation: str, x: Tensor, given: Any, name: str, shape: tuple[int, ...]) -> Tensor:
    """The given values as a Tensor of this shape and of x's dtype."""
    _, values = factors(operation, x, given, " (input)", f" ({name})")
    if values.shape != shape:
        raise ShapeError(operation, f"expected {name} to have shape {shape}, got {values.shape}")
    return values


def as_shape(lengths: int | tuple[int, ...]) -> tuple[int, ...]:
    """A length or lengths as a tuple."""
    return (lengths,) if isinstance(lengths, int | np.integer) else tuple(lengths)
