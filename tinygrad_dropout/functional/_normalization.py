"""Normalization: over the features of each example (layer_norm), or over the examples of a batch (batch_norm).

Both subtract a mean and divide by a standard deviation, in `standardize`. They differ in the axes over which these are
taken. A weight and a bias are then an ordinary multiplication and addition. float16 is computed in float32, as in
PyTorch: even the sum of a hundred squares could overflow or lose digits.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_floating, as_tensor, cast, widen_float16
from tinygrad_dropout.autograd.in_place import note_change
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.functional._arguments import checked_lengths, checked_number
from tinygrad_dropout.functional._arithmetic import add, multiply, subtract
from tinygrad_dropout.functional._products import require_same_dtype
from tinygrad_dropout.functional._shapes import reshape


def layer_norm(
    x: Any, normalized_shape: int | tuple[int, ...], weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Tensor:
    """Standardize each example separately: (x - mean) / sqrt(variance + eps) * weight + bias, over the last axes.

    The variance is the mean squared distance from the mean: it divides by N, not by N - 1. Training and evaluation do
    the same. (Ba et al. 2016, arXiv:1607.06450)

    Args:
        x: shape (..., *normalized_shape).
        normalized_shape: the lengths of the last axes, over which mean and variance are taken; an int for one axis.
        weight, bias: shape `normalized_shape`, or None for 1 and 0.
        eps: added to the variance, so that the division is finite when all numbers are equal.

    Raises:
        ShapeError: x does not end in `normalized_shape`, or weight or bias has another shape.
        DtypeError: the Tensors have different dtypes.
        ValueError: eps is negative.
    """
    x = as_floating(x)
    shape = checked_lengths("layer_norm", "normalized_shape", normalized_shape)
    if not shape or x.shape[-len(shape) :] != shape:
        raise ShapeError("layer_norm", f"expected the last axes to be {shape}, got an input of shape {x.shape}")
    eps = checked_number("layer_norm", "eps", eps, least=0)
    weight, bias = (checked_values("layer_norm", x, *named, shape) for named in ((weight, "weight"), (bias, "bias")))
    out = standardize(widen_float16(x), tuple(range(-len(shape), 0)), eps)
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

    In training, mean and variance are those of this batch, and the running mean and variance move toward them:

        running = (1 - momentum) * running + momentum * the batch's

    In evaluation, the running mean and variance are used, so the result for one example does not depend on the others.
    The batch's own variance divides by N. The running variance moves toward the estimate that divides by N - 1.
    (Ioffe & Szegedy 2015, arXiv:1502.03167)

    Args:
        x: shape (N, C, ...), such as (N, C) or (N, C, L).
        running_mean, running_var: Tensors or arrays (C,), which training changes in place. In training, they can be
            None.
        weight, bias: shape (C,), or None for 1 and 0.
        training: whether to use the batch's mean and variance.
        momentum: how far the running statistics move toward the batch's, usually between 0 and 1.
        eps: added to the variance, so that the division is finite when all numbers are equal.

    Raises:
        ShapeError: x has no channels, another array does not have shape (C,), or in training each channel has a single
            value, which would be its own mean. The running statistics are then unchanged.
        DtypeError: the Tensors have different dtypes.
        ValueError: eps is negative, there are no running statistics in evaluation, or only one of the two is given.
    """
    x = as_floating(x)
    if x.ndim < 2:
        raise ShapeError("batch_norm", f"expected an input of shape (N, C, ...), got shape {x.shape}")
    channels, count = (x.shape[1],), len(x) * prod(x.shape[2:])
    if training and count == 1:
        raise ShapeError("batch_norm", f"expected more than one value per channel in a batch, got shape {x.shape}")
    along = (*channels, *[1] * (x.ndim - 2))  # the shape of a value for each channel that broadcasts against x
    eps = checked_number("batch_norm", "eps", eps, least=0)
    momentum = checked_number("batch_norm", "momentum", momentum)
    weight, bias = (checked_values("batch_norm", x, *named, channels) for named in ((weight, "weight"), (bias, "bias")))
    running_mean, running_var = (
        checked_values("batch_norm", x, as_shared_tensor(given, name) if training else given, name, channels)
        for given, name in ((running_mean, "running_mean"), (running_var, "running_var"))
    )
    if (running_mean is None, running_var is None) not in ((False, False), (training, training)):
        wanted = "both running_mean and running_var, or neither" if training else "running_mean and running_var"
        given = "neither" if running_mean is running_var else "only one of them"
        raise ValueError(f"batch_norm: expected {wanted} ({'training' if training else 'evaluation'}), got {given}")
    wide = widen_float16(x)
    if training:
        axes = (0, *range(2, x.ndim))
        mean, variance = mean_and_variance(wide.data, axes)
        out = standardize(wide, axes, eps, (mean, variance))
        if count:
            update_running(running_mean, mean, momentum)
            update_running(running_var, variance * (count / (count - 1)), momentum)
    else:
        mean, variance = (running.data.astype(wide.dtype).reshape(along) for running in (running_mean, running_var))
        out = multiply(subtract(wide, mean), 1 / np.sqrt(variance + eps))
    return cast(scale_and_shift(out, weight, bias, along), x.dtype)


def as_shared_tensor(running: Any, name: str) -> Tensor | None:
    """Return a running statistic as a Tensor that shares its memory; None stays None."""
    if not (running is None or isinstance(running, Tensor | np.ndarray)):
        given = type(running).__name__
        raise TypeError(f"batch_norm: expected {name} to be a Tensor, which training changes in place, got a {given}")
    return None if running is None else as_tensor(running)


def update_running(running: Tensor | None, latest: Array, momentum: float) -> None:
    """Move a running statistic, unless it is None, toward the latest batch's, rounding once."""
    if running is not None:
        # running + momentum * (latest - running) would lose the digits of a much smaller `latest`
        kept = (1 - momentum) * running.data.astype(latest.dtype)
        running.data[...] = kept + momentum * latest.reshape(-1)
        note_change(running.data)


def standardize(x: Tensor, axes: tuple[int, ...], eps: float, moments: tuple[Array, Array] | None = None) -> Tensor:
    """(x - mean) / sqrt(variance + eps) over these axes. `moments` are x's mean and variance, if known already."""
    mean, variance = moments or mean_and_variance(x.data, axes)
    inverse_deviation = 1 / np.sqrt(variance + eps)
    out = (x.data - mean) * inverse_deviation
    return record(out, (x,), standardize_backward, saved=(out, inverse_deviation, axes, eps))


def standardize_backward(
    grad: Array, x: Tensor, out: Array, inverse_deviation: Array, axes: tuple[int, ...], eps: float
) -> tuple[Any, ...]:
    """dL/dx = (grad - mean(grad) - out * mean(grad * out)) / sqrt(variance + eps), with the means over the axes.

    The two subtracted terms are the parts of grad that would shift the output's mean or stretch its deviation. Both are
    fixed, so these parts have no effect.
    """
    count = count_along(x, axes)
    shift = grad.sum(axis=axes, keepdims=True) / count
    stretch = (grad * out).sum(axis=axes, keepdims=True) / count
    return ((grad - shift - out * stretch) * inverse_deviation,)


def mean_and_variance(array: Array, axes: tuple[int, ...]) -> tuple[Array, Array]:
    """Return the mean and the mean squared distance from it, with axes of length 1; both are 0 for an empty array."""
    count = count_along(array, axes)
    mean = array.sum(axis=axes, keepdims=True) / count
    distances = array - mean
    return mean, (distances * distances).sum(axis=axes, keepdims=True) / count


def count_along(array: Array | Tensor, axes: tuple[int, ...]) -> int:
    """Return how many numbers each mean over these axes covers; 1 if none, so that you can divide by it."""
    return max(prod(array.shape[axis] for axis in axes), 1)


def scale_and_shift(x: Tensor, weight: Tensor | None, bias: Tensor | None, along: tuple[int, ...]) -> Tensor:
    """Return x * weight + bias, skipping what is None. Both are reshaped to `along`, which broadcasts against x."""
    for values, combine in ((weight, multiply), (bias, add)):
        if values is not None:
            x = combine(x, values if values.shape == along else reshape(values, along))
    return x


def checked_values(operation: str, x: Tensor, given: Any, name: str, shape: tuple[int, ...]) -> Tensor | None:
    """Check that the values have this shape and x's dtype, and return them as a Tensor; None stays None."""
    if given is None:
        return None
    _, values = require_same_dtype(operation, x, given, " (input)", f" ({name})")
    if values.shape != shape:
        raise ShapeError(operation, f"expected {name} to have shape {shape}, got {values.shape}")
    return values
