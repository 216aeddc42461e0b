"""The table of operations: what each one computes, on which inputs, and how PyTorch spells it.

test_operations.py makes every test of a forward and of a gradient from these rows.
"""

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
    """A row. Each of the three spellings takes the inputs in order, and the options of the call by name."""

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


def numpy_cross_entropy(logits: np.ndarray, target: np.ndarray, reduction: str) -> np.ndarray:
    probabilities = np.eye(logits.shape[1])[target] if target.ndim == 1 else target
    return reduced(-(probabilities * numpy_log_softmax(logits)).sum(axis=1), reduction)


def numpy_nll(log_probabilities: np.ndarray, target: np.ndarray, reduction: str) -> np.ndarray:
    return reduced(-log_probabilities[np.arange(len(target)), target], reduction)


def numpy_binary_cross_entropy(logits: np.ndarray, target: np.ndarray, reduction: str) -> np.ndarray:
    q = 1 / (1 + np.exp(-logits))
    return reduced(-target * np.log(q) - (1 - target) * np.log(1 - q), reduction)


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
    Operation("nll_loss", F.nll_loss, numpy_nll,
              "nn.functional.nll_loss", real, calls.LABELS),
    Operation("mse_loss", F.mse_loss, lambda a, b, reduction: reduced((a - b) ** 2, reduction),
              "nn.functional.mse_loss", real, calls.ALIKE),
    Operation("binary_cross_entropy_with_logits", F.binary_cross_entropy_with_logits, numpy_binary_cross_entropy,
              "nn.functional.binary_cross_entropy_with_logits",
              real, calls.FRACTIONS),
    Operation("dropout", lambda x, p, mask: F.dropout(x, p, mask=mask), lambda x, p, mask: x * mask / (1 - p),
              lambda t, x, p, mask: x * mask / (1 - p), real, calls.WITH_MASK),
    Operation("gaussian_dropout", lambda x, p, noise: F.gaussian_dropout(x, p, noise=np.asarray(noise)),
              lambda x, p, noise: x * noise, lambda t, x, p, noise: x * noise, real, calls.WITH_NOISE),
]
# fmt: on
