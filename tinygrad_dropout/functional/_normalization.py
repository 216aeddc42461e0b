"""Normalization: over the features of each example (layer_norm), or over the examples of a batch (batch_norm).

Both subtract a mean and divide by a standard deviation. They differ in the axes that these are taken over; see
`standardize`. The weight and the bias, if there are any, are an ordinary multiplication and addition after it.
float16 is computed in float32, as in PyTorch: the sum of a hundred squares would already overflow or lose its digits.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_floating, as_tensor, cast, widened
from tinygrad_dropout.autograd.in_place import note_change
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.functional._arguments import lengths, real_number
from tinygrad_dropout.functional._arithmetic import add, multiply, subtract
from tinygrad_dropout.functional._products import factors
from tinygrad_dropout.functional._shapes import reshape


def layer_norm(
    x: Any, normalized_shape: int | tuple[int, ...], weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Tensor:
    """Standardize each example by itself: (x - mean) / sqrt(variance + eps) * weight + bias, over the last axes.

    The variance is the mean squared distance from the mean: it divides by N, not by N - 1. Training and evaluation are
    the same. (Ba et al. 2016, arXiv:1607.06450)

    Args:
        x: shape (..., *normalized_shape).
        normalized_shape: the lengths of the last axes, over which mean and variance are taken; an int for one axis.
        weight, bias: shape `normalized_shape`, or None for 1 and 0.
        eps: added to the variance, so that the division is finite where all numbers are equal.

    Raises:
        ShapeError: x does not end in `normalized_shape`, or weight or bias has another shape.
        DtypeError: Tensors of different dtypes.
        ValueError: a negative eps.
    """
    x = as_floating(x)
    shape = lengths("layer_norm", "normalized_shape", normalized_shape)
    if not shape or x.shape[-len(shape) :] != shape:
        raise ShapeError("layer_norm", f"expected the last axes to be {shape}, got an input of shape {x.shape}")
    eps = real_number("layer_norm", "eps", eps, least=0)
    weight, bias = (channelwise("layer_norm", x, *named, shape) for named in ((weight, "weight"), (bias, "bias")))
    out = standardize(widened(x), tuple(range(-len(shape), 0)), eps)
    return cast(scale_and_shift(out, weight, bias, shape), x.dtype)


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
    """Standardize each channel over the batch: (x - mean) / sqrt(variance + eps) * weight + bias.

    In training, mean and variance are those of this batch, and the running ones move toward them:

        running = (1 - momentum) * running + momentum * the batch's

    In evaluation, the running ones are used, so that the result for one example does not depend on the others.
    The batch's own variance divides by N, and the running variance is moved toward the estimate that divides by N - 1.
    (Ioffe & Szegedy 2015, arXiv:1502.03167)

    Args:
        x: shape (N, C, ...), such as (N, C) or (N, C, L).
        running_mean, running_var: Tensors or arrays (C,), which training changes in place. They may be None in
            training.
        weight, bias: shape (C,), or None for 1 and 0.
        training: whether to use the batch's mean and variance.
        momentum: how far the running statistics move toward the batch's; sensibly from 0 to 1.
        eps: added to the variance, so that the division is finite where all numbers are equal.

    Raises:
        ShapeError: x has no channels, another array does not have shape (C,), or in training each channel has a single
            value, which would be its own mean. Nothing has been changed then.
        DtypeError: Tensors of different dtypes.
        ValueError: a negative eps, evaluation without running statistics, or only one of the two.
    """
    x = as_floating(x)
    if x.ndim < 2:
        raise ShapeError("batch_norm", f"expected an input of shape (N, C, ...), got shape {x.shape}")
    channels, count = (x.shape[1],), len(x) * prod(x.shape[2:])
    if training and count == 1:
        raise ShapeError("batch_norm", f"expected more than one value per channel in a batch, got shape {x.shape}")
    along = (*channels, *[1] * (x.ndim - 2))  # a value for each channel, as it broadcasts against x
    eps = real_number("batch_norm", "eps", eps, least=0)
    momentum = real_number("batch_norm", "momentum", momentum)
    weight, bias = (channelwise("batch_norm", x, *named, channels) for named in ((weight, "weight"), (bias, "bias")))
    running_mean, running_var = (
        channelwise("batch_norm", x, changeable(given, name) if training else given, name, channels)
        for given, name in ((running_mean, "running_mean"), (running_var, "running_var"))
    )
    if (running_mean is None, running_var is None) not in ((False, False), (training, training)):
        wanted = "both running_mean and running_var, or neither" if training else "running_mean and running_var"
        given = "neither" if running_mean is running_var else "only one of them"
        raise ValueError(f"batch_norm: expected {wanted} ({'training' if training else 'evaluation'}), got {given}")
    wide = widened(x)
    if training:
        axes = (0, *range(2, x.ndim))
        mean, variance = mean_and_variance(wide.data, axes)
        out = standardize(wide, axes, eps, (mean, variance))
        if count:
            move(running_mean, mean, momentum)
            move(running_var, variance * (count / (count - 1)), momentum)
    else:
        mean, variance = (running.data.astype(wide.dtype).reshape(along) for running in (running_mean, running_var))
        out = multiply(subtract(wide, mean), 1 / np.sqrt(variance + eps))
    return cast(scale_and_shift(out, weight, bias, along), x.dtype)


def changeable(running: Any, name: str) -> Tensor | None:
    """A running statistic as a Tensor that shares its memory; None stays None."""
    if not (running is None or isinstance(running, Tensor | np.ndarray)):
        given = type(running).__name__
        raise TypeError(f"batch_norm: expected {name} to be a Tensor, which training changes in place, got a {given}")
    return None if running is None else as_tensor(running)


def move(running: Tensor | None, latest: Array, momentum: float) -> None:
    """Move a running statistic, if there is one, toward that of the latest batch, rounding once."""
    if running is not None:
        # running + momentum * (latest - running) would lose the digits of a `latest` that is much smaller
        kept = (1 - momentum) * running.data.astype(latest.dtype)
        running.data[...] = kept + momentum * latest.reshape(-1)
        note_change(running.data)


def standardize(x: Tensor, axes: tuple[int, ...], eps: float, moments: tuple[Array, Array] | None = None) -> Tensor:
    """(x - mean) / sqrt(variance + eps), over these axes; `moments` are x's mean and variance if they are known."""
    mean, variance = moments or mean_and_variance(x.data, axes)
    inverse_deviation = 1 / np.sqrt(variance + eps)
    out = (x.data - mean) * inverse_deviation
    return record(out, (x,), standardize_backward, saved=(out, inverse_deviation, axes, eps))


def standardize_backward(
    grad: Array, x: Tensor, out: Array, inverse_deviation: Array, axes: tuple[int, ...], eps: float
) -> tuple[Any, ...]:
    """dL/dx = (grad - mean(grad) - out * mean(grad * out)) / sqrt(variance + eps), the means over the axes.

    The two subtracted terms are the parts of grad that would shift the mean or stretch the deviation. The output's mean
    and deviation are fixed, so these parts change nothing.
    """
    count = count_along(x, axes)
    shift = grad.sum(axis=axes, keepdims=True) / count
    stretch = (grad * out).sum(axis=axes, keepdims=True) / count
    return ((grad - shift - out * stretch) * inverse_deviation,)


def mean_and_variance(array: Array, axes: tuple[int, ...]) -> tuple[Array, Array]:
    """The mean and the mean squared distance from it; the axes stay with length 1. Both are 0 for an empty array."""
    count = count_along(array, axes)
    mean = array.sum(axis=axes, keepdims=True) / count
    distances = array - mean
    return mean, (distances * distances).sum(axis=axes, keepdims=True) / count


def count_along(array: Array | Tensor, axes: tuple[int, ...]) -> int:
    """How many numbers each mean over these axes has; 1 if there are none, so that it can be divided by."""
    return max(prod(array.shape[axis] for axis in axes), 1)


def scale_and_shift(x: Tensor, weight: Tensor | None, bias: Tensor | None, along: tuple[int, ...]) -> Tensor:
    """x * weight + bias, leaving out what is None; both meet x in the shape `along`."""
    for values, combine in ((weight, multiply), (bias, add)):
        if values is not None:
            x = combine(x, values if values.shape == along else reshape(values, along))
    return x


def channelwise(operation: str, x: Tensor, given: Any, name: str, shape: tuple[int, ...]) -> Tensor | None:
    """The given values as a Tensor of this shape and of x's dtype; None stays None."""
    if given is None:
        return None
    _, values = factors(operation, x, given, " (input)", f" ({name})")
    if values.shape != shape:
        raise ShapeError(operation, f"expected {name} to have shape {shape}, got {values.shape}")
    return values
