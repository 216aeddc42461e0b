"""The table of operations: what each computes, on which inputs, and what PyTorch calls it.

test_operations.py makes its tests of forwards and gradients from these rows.
"""

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.functional import calls
from tests.functional.calls import Calls
from tinygrad_dropout import functional as F


@dataclass(frozen=True, repr=False)
class Operation:
    """A row. Each of the three functions takes the inputs in order, and the options of the call by name."""

    name: str
    ours: Callable[..., Any]
    numpy: Callable[..., Any]
    torch: str | Callable[..., Any] | None  # a name in torch; a function of (torch, inputs); None where as ours
    domain: Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]
    calls: Calls

    def __repr__(self) -> str:
        return self.name


def real(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return np.asarray(rng.uniform(-2, 2, shape))


def positive(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return np.asarray(rng.uniform(0.5, 2, shape))


def away_from_zero(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return np.asarray(positive(rng, shape) * rng.choice([-1, 1], shape))


def shifted(x: np.ndarray, axis: int) -> np.ndarray:
    return x - x.max(axis=axis, keepdims=True)


def numpy_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    powers = np.exp(shifted(x, axis))
    return powers / powers.sum(axis=axis, keepdims=True)


def numpy_log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    return shifted(x, axis) - np.log(np.exp(shifted(x, axis)).sum(axis=axis, keepdims=True))


def reduced(losses: np.ndarray, reduction: str) -> np.ndarray:
    return losses if reduction == "none" else getattr(np, reduction)(losses)


def numpy_cross_entropy(
    logits: np.ndarray,
    target: np.ndarray,
    reduction: str,
    weight: np.ndarray | None = None,
    label_smoothing: float = 0,
) -> np.ndarray:
    weight = np.ones(logits.shape[1]) if weight is None else weight
    probabilities = np.eye(logits.shape[1])[target] if target.ndim == 1 else target
    probabilities = (1 - label_smoothing) * probabilities + label_smoothing / logits.shape[1]
    losses = -(weight * probabilities * numpy_log_softmax(logits)).sum(axis=1)
    if reduction == "mean" and target.ndim == 1:
        return losses.sum() / weight[target].sum()
    return reduced(losses, reduction)


def numpy_nll(
    log_probabilities: np.ndarray, target: np.ndarray, reduction: str, weight: np.ndarray | None = None
) -> np.ndarray:
    weights = np.ones(len(target)) if weight is None else weight[target]
    losses = -weights * log_probabilities[np.arange(len(target)), target]
    return losses.sum() / weights.sum() if reduction == "mean" else reduced(losses, reduction)


def numpy_binary_cross_entropy(
    logits: np.ndarray, target: np.ndarray, reduction: str, pos_weight: float | np.ndarray = 1.0
) -> np.ndarray:
    q = 1 / (1 + np.exp(-logits))
    return reduced(-pos_weight * target * np.log(q) - (1 - target) * np.log(1 - q), reduction)


EPS = 0.1  # finite differences are coarse if the deviation is close to 0


def numpy_standardize(x: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    if x.size == 0:
        return x
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + EPS)


def numpy_layer_norm(x: np.ndarray, weight: Any = 1, bias: Any = 0, *, normalized_shape: tuple[int, ...]) -> np.ndarray:
    return numpy_standardize(x, tuple(range(-len(normalized_shape), 0))) * weight + bias


def by_channel(x: np.ndarray, values: Any) -> np.ndarray:
    return np.reshape(values, (-1,) + (1,) * (x.ndim - 2))


def numpy_batch_norm(
    x: np.ndarray, weight: Any = 1, bias: Any = 0, running_mean: Any = None, running_var: Any = None
) -> np.ndarray:
    if running_mean is None:
        out = numpy_standardize(x, (0, *range(2, x.ndim)))
    else:
        out = (x - by_channel(x, running_mean)) / np.sqrt(by_channel(x, running_var) + EPS)
    return out * by_channel(x, weight) + by_channel(x, bias)


numpy_erf = np.vectorize(math.erf, otypes=[float])


def numpy_gelu_tanh(x: np.ndarray) -> np.ndarray:
    return x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def sample_variance(x: np.ndarray, **how: Any) -> np.ndarray:
    return np.var(x, ddof=1, **how)


def every_axis(axis: int | tuple[int, ...] | None) -> int | tuple[int, ...]:
    return () if axis is None else axis


# fmt: off
OPERATIONS = [
    # name, ours, NumPy's, PyTorch's (None: as ours), domain, calls
    Operation("add", operator.add, np.add, None, real, calls.TWO_INPUTS),
    Operation("subtract", operator.sub, np.subtract, None, real, calls.TWO_INPUTS),
    Operation("multiply", operator.mul, np.multiply, None, real, calls.TWO_INPUTS),
    Operation("divide", operator.truediv, np.divide, None, away_from_zero, calls.TWO_INPUTS),
    Operation("power", operator.pow, np.power, None, positive, calls.TWO_INPUTS),
    Operation("power by 3", lambda x: x**3, lambda x: x**3, None, real, calls.ONE_INPUT),
    Operation("power by -1", lambda x: x**-1, lambda x: 1 / x, None, away_from_zero, calls.ONE_INPUT),
    Operation("power of 2", lambda x: 2**x, np.exp2, None, real, calls.ONE_INPUT),
    Operation("negative", operator.neg, np.negative, None, real, calls.ONE_INPUT),

    Operation("exp", F.exp, np.exp, "exp", real, calls.ONE_INPUT),
    Operation("log", F.log, np.log, "log", positive, calls.ONE_INPUT),
    Operation("sqrt", F.sqrt, np.sqrt, "sqrt", positive, calls.ONE_INPUT),
    Operation("abs", F.abs, np.abs, "abs", away_from_zero, calls.ONE_INPUT),
    Operation("tanh", F.tanh, np.tanh, "tanh", real, calls.ONE_INPUT),
    Operation("sigmoid", F.sigmoid, lambda x: 1 / (1 + np.exp(-x)), "sigmoid", real, calls.ONE_INPUT),
    Operation("relu", F.relu, lambda x: np.maximum(x, 0), "relu", away_from_zero, calls.ONE_INPUT),
    Operation("leaky_relu", lambda x: F.leaky_relu(x, 0.2), lambda x: np.where(x > 0, x, 0.2 * x),
              lambda t, x: t.nn.functional.leaky_relu(x, 0.2), away_from_zero, calls.ONE_INPUT),
    Operation("gelu", F.gelu, lambda x: x / 2 * (1 + numpy_erf(x / np.sqrt(2))),
              "nn.functional.gelu", real, calls.ONE_INPUT),
    Operation("gelu by tanh", lambda x: F.gelu(x, approximate="tanh"), numpy_gelu_tanh,
              lambda t, x: t.nn.functional.gelu(x, approximate="tanh"), real, calls.ONE_INPUT),
    Operation("clip", lambda x: F.clip(x, -0.7, 1.1), lambda x: np.clip(x, -0.7, 1.1),
              lambda t, x: t.clip(x, -0.7, 1.1), real, calls.ONE_INPUT),
    Operation("maximum", F.maximum, np.maximum, "maximum", real, calls.TWO_INPUTS),
    Operation("minimum", F.minimum, np.minimum, "minimum", real, calls.TWO_INPUTS),
    Operation("where", lambda a, b, condition: F.where(condition, a, b),
              lambda a, b, condition: np.where(condition, a, b),
              lambda t, a, b, condition: t.where(condition, a, b), real, calls.WITH_CONDITION),

    Operation("sum", lambda x, **how: x.sum(**how), np.sum, None, real, calls.REDUCTION_OR_EMPTY),
    Operation("mean", lambda x, **how: x.mean(**how), np.mean, None, real, calls.REDUCTION),
    Operation("var", lambda x, **how: x.var(**how), sample_variance, None, real, calls.REDUCTION_OF_SEVERAL),
    Operation("var correction 0", lambda x, **how: x.var(correction=0, **how), np.var, None, real, calls.REDUCTION),
    Operation("std", lambda x, **how: x.std(**how), lambda x, **how: np.sqrt(sample_variance(x, **how)), None,
              real, calls.REDUCTION_OF_SEVERAL),
    Operation("max", lambda x, **how: x.max(**how), np.max,
              lambda t, x, axis, **how: x.amax(every_axis(axis), **how), real, calls.REDUCTION),
    Operation("min", lambda x, **how: x.min(**how), np.min,
              lambda t, x, axis, **how: x.amin(every_axis(axis), **how), real, calls.REDUCTION),

    Operation("reshape", lambda x, shape: x.reshape(*shape), lambda x, shape: x.reshape(shape),
              lambda t, x, shape: x.reshape(shape), real, calls.RESHAPE),
    Operation("permute", lambda x, axes: x.permute(*axes), lambda x, axes: x.transpose(axes),
              lambda t, x, axes: x.permute(axes), real, calls.PERMUTATION),
    Operation("transpose", lambda x, axis1, axis2: x.transpose(axis1, axis2), np.swapaxes,
              lambda t, x, axis1, axis2: x.transpose(axis1, axis2), real, calls.TRANSPOSE),
    Operation("T", lambda x: x.T, lambda x: x.T, None, real, calls.MATRIX),
    Operation("squeeze", lambda x, axis: x.squeeze(axis), np.squeeze, None, real, calls.SQUEEZE),
    Operation("unsqueeze", lambda x, axis: x.unsqueeze(axis), np.expand_dims, None, real, calls.UNSQUEEZE),
    Operation("clone", lambda x: x.clone(), np.copy, None, real, calls.ONE_INPUT),
    Operation("flatten", lambda x: x.flatten(), np.ravel, None, real, calls.ONE_INPUT),
    Operation("getitem", lambda x, key: x[key], lambda x, key: x[key], None, real, calls.INDEXING),
    Operation("concatenate", lambda *xs, axis: F.concatenate(xs, axis=axis), lambda *xs, axis: np.concatenate(xs, axis),
              lambda t, *xs, axis: t.cat(xs, axis), real, calls.CONCATENATE),
    Operation("stack", lambda *xs, axis: F.stack(xs, axis=axis), lambda *xs, axis: np.stack(xs, axis),
              lambda t, *xs, axis: t.stack(xs, axis), real, calls.STACK),

    Operation("matmul", F.matmul, np.matmul, "matmul", real, calls.MATMUL),
    Operation("linear", F.linear, lambda x, weight, bias=0: x @ weight.T + bias,
              "nn.functional.linear", real, calls.LINEAR),

    Operation("softmax", F.softmax, numpy_softmax, "softmax", real, calls.ALONG_AXIS),
    Operation("log_softmax", F.log_softmax, numpy_log_softmax,
              "log_softmax", real, calls.ALONG_AXIS),
    Operation("cross_entropy of labels", F.cross_entropy, numpy_cross_entropy,
              "nn.functional.cross_entropy", real, calls.LABELS),
    Operation("cross_entropy of probabilities", F.cross_entropy, numpy_cross_entropy,
              "nn.functional.cross_entropy", real, calls.PROBABILITIES),
    Operation("cross_entropy of weighted labels", F.cross_entropy, numpy_cross_entropy,
              "nn.functional.cross_entropy", real, calls.WEIGHTED_LABELS),
    Operation("cross_entropy of smoothed labels", F.cross_entropy, numpy_cross_entropy,
              "nn.functional.cross_entropy", real, calls.SMOOTHED_LABELS),
    Operation("cross_entropy of smoothed probabilities", F.cross_entropy, numpy_cross_entropy,
              "nn.functional.cross_entropy", real, calls.SMOOTHED_PROBABILITIES),
    Operation("nll_loss", F.nll_loss, numpy_nll,
              "nn.functional.nll_loss", real, calls.LABELS),
    Operation("nll_loss of weighted labels", F.nll_loss, numpy_nll,
              "nn.functional.nll_loss", real, calls.WEIGHTED_LABELS),
    Operation("mse_loss", F.mse_loss, lambda a, b, reduction: reduced((a - b) ** 2, reduction),
              "nn.functional.mse_loss", real, calls.ALIKE),
    Operation("l1_loss", F.l1_loss, lambda a, b, reduction: reduced(np.abs(a - b), reduction),
              "nn.functional.l1_loss", real, calls.ALIKE),
    Operation("binary_cross_entropy_with_logits", F.binary_cross_entropy_with_logits, numpy_binary_cross_entropy,
              "nn.functional.binary_cross_entropy_with_logits",
              real, calls.FRACTIONS),
    Operation("binary_cross_entropy_with_logits with pos_weight", F.binary_cross_entropy_with_logits,
              numpy_binary_cross_entropy, "nn.functional.binary_cross_entropy_with_logits",
              real, calls.WEIGHTED_FRACTIONS),
    Operation("layer_norm",
              lambda x, *affine, normalized_shape: F.layer_norm(x, normalized_shape, *affine, eps=EPS),
              numpy_layer_norm,
              lambda t, x, *affine, normalized_shape: t.nn.functional.layer_norm(x, normalized_shape, *affine, eps=EPS),
              real, calls.NORMALIZED),
    Operation("batch_norm in training",
              lambda x, *affine: F.batch_norm(x, None, None, *affine, training=True, eps=EPS),
              numpy_batch_norm,
              lambda t, x, *affine: t.nn.functional.batch_norm(x, None, None, *affine, training=True, eps=EPS),
              real, calls.BATCHES),
    Operation("batch_norm in evaluation",
              lambda x, *affine, **running: F.batch_norm(x, *running.values(), *affine, eps=EPS),
              numpy_batch_norm,
              lambda t, x, *affine, **running: t.nn.functional.batch_norm(x, *running.values(), *affine, eps=EPS),
              real, calls.TRACKED_BATCHES),
    Operation("embedding", lambda weight, indices: F.embedding(indices, weight),
              lambda weight, indices: weight[indices],
              lambda t, weight, indices: t.nn.functional.embedding(indices, weight), real, calls.LOOKUPS),
    Operation("dropout", lambda x, p, mask: F.dropout(x, p, mask=mask), lambda x, p, mask: x * mask / (1 - p),
              lambda t, x, p, mask: x * mask / (1 - p), real, calls.WITH_MASK),
    Operation("gaussian_dropout", lambda x, p, noise: F.gaussian_dropout(x, p, noise=np.asarray(noise)),
              lambda x, p, noise: x * noise, lambda t, x, p, noise: x * noise, real, calls.WITH_NOISE),
]
# fmt: on
