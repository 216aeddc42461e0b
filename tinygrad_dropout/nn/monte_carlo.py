"""mc_forward: a network's mean output over random dropout masks, and how much the output varies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import nan, sqrt
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_tensor
from tinygrad_dropout.autograd.grad_mode import no_grad
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.nn.modes import restore_modes
from tinygrad_dropout.nn.module import Module
from tinygrad_dropout.nn.random_layer import RandomLayer


@dataclass(frozen=True, eq=False)
class MonteCarlo:
    """A summary of several random forwards.

    Attributes:
        mean: the mean output, of the output's shape and dtype.
        spread: the elementwise standard deviation, sqrt(sum of (y - mean)² / (samples - 1)). It estimates the spread
            over all masks. The samples lie closer to their own mean than to the mean over all masks, so dividing by
            `samples` would underestimate it. NaN for a single sample.
        samples: the number of forwards.
    """

    mean: Array
    spread: Array
    samples: int

    @property
    def standard_error(self) -> Array:
        """How far `mean` typically is from the mean over all masks: spread / sqrt(samples)."""
        return np.divide(self.spread, sqrt(self.samples), dtype=self.spread.dtype)


def mc_forward(
    model: Module, x: Any, samples: int, *, apply: Callable[[Any], Tensor | Array] | None = None
) -> MonteCarlo:
    """Run the model `samples` times with dropout on and the rest in evaluation mode; return the mean and the spread.

        mean = 1/T · sum over t of f(x, z_t),   with new masks z_t in every forward: an estimate of E_z[f(x, z)]

    Gal & Ghahramani 2016 (arXiv:1506.02142) read the spread as the network's uncertainty. The mean is the arithmetic
    mean of outputs. The output in evaluation mode is a different number, because it averages the weights instead.

    Args:
        model: a network with at least one RandomLayer: Dropout, GaussianDropout, DropConnect, or one of your own.
            Only these are put in training mode. Afterwards every module is back in its previous mode, even after an
            error or Ctrl-C, and a layer's `mask` is the last forward's.
        x: the input, a Tensor or an array.
        samples: T, the number of forwards, at least 1. The memory used does not depend on it.
        apply: a function to apply to each output before averaging. To average probabilities rather than logits, pass
            `apply=td.functional.softmax`.

    Returns:
        MonteCarlo, with `mean`, `spread`, `samples` and `standard_error`.

    Raises:
        TypeError: the model is not a Module, or an output is neither a Tensor nor an array.
        ValueError: `samples` is below 1, or nothing in the model is random.
    """
    if not isinstance(model, Module):
        raise TypeError(f"mc_forward: expected a model that is a Module, got {type(model).__name__}")
    if not isinstance(samples, int | np.integer) or samples < 1:
        raise ValueError(f"mc_forward: expected samples to be a whole number of at least 1, got {samples!r}")
    if not any(isinstance(module, RandomLayer) for module in model.modules()):
        raise ValueError(
            f"mc_forward: expected a model with dropout in it (a RandomLayer), got a {type(model).__name__} without "
            "it: every forward would be the same"
        )
    x = as_tensor(x, like=next(model.parameters(), None))

    def outputs() -> Iterator[Array]:
        for _ in range(samples):
            out = model(x)
            yield as_output(out if apply is None else apply(out))

    with restore_modes(model), no_grad():
        for module in model.modules():
            module.training = isinstance(module, RandomLayer)
        return summarize(outputs())


def as_output(value: Any) -> Array:
    """Return the output of the model (or of `apply`) as an array."""
    if isinstance(value, Tensor):
        return value.data
    if isinstance(value, np.ndarray | np.generic):
        return np.asarray(value)
    raise TypeError(
        f"mc_forward: expected each output to be a Tensor or an array, got {type(value).__name__}; "
        "pass apply=function to convert it"
    )


def summarize(outputs: Iterator[Array]) -> MonteCarlo:
    """Compute mean and spread in one pass, in float64 (Welford 1962): no output is kept, no large numbers cancel."""
    first = next(outputs)
    mean, squares, samples = first.astype(np.float64), np.zeros(first.shape), 1
    for output in outputs:
        samples += 1
        from_the_old_mean = output - mean
        mean += from_the_old_mean / samples
        squares += from_the_old_mean * (output - mean)
    spread = np.sqrt(squares / (samples - 1)) if samples > 1 else np.full(first.shape, nan)
    dtype = first.dtype if first.dtype.kind == "f" else np.float64
    return MonteCarlo(mean.astype(dtype), np.asarray(spread).astype(dtype), samples)
