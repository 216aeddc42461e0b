"""mc_forward: a network's mean output over its own dropout masks, and how much it varies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import nan, sqrt
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.dtypes import as_tensor
from tinygrad_dropout.autograd.grad_mode import no_grad
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.nn.modes import modes_restored
from tinygrad_dropout.nn.module import Module
from tinygrad_dropout.nn.random_layer import RandomLayer


@dataclass(frozen=True, eq=False)
class MonteCarlo:
    """A summary of several random forwards.

    Attributes:
        mean: their mean, of the output's shape and dtype.
        spread: their standard deviation, entry by entry: sqrt(sum of (y - mean)² / (samples - 1)). It estimates the
            spread over all masks; the samples lie closer to their own mean, so dividing by `samples` would give too
            little. NaN for a single sample.
        samples: how many forwards there were.
    """

    mean: Array
    spread: Array
    samples: int

    @property
    def standard_error(self) -> Array:
        """The typical distance of `mean` from the mean over all masks: spread / sqrt(samples)."""
        return np.divide(self.spread, sqrt(self.samples), dtype=self.spread.dtype)


def mc_forward(
    model: Module, x: Any, samples: int, *, apply: Callable[[Any], Tensor | Array] | None = None
) -> MonteCarlo:
    """Run the model `samples` times with its dropout on, everything else in evaluation mode: mean output and spread.

        mean = 1/T · sum over t of f(x, z_t),   with new masks z_t in every forward: an estimate of E_z[f(x, z)]

    Gal & Ghahramani 2016 (arXiv:1506.02142) read the spread as the network's uncertainty. The mean is arithmetic, over
    outputs; the output in evaluation mode is a different number, since it averages the weights.

    Args:
        model: a network with at least one RandomLayer: Dropout, GaussianDropout, DropConnect, or one of your own.
            Meanwhile only these are in training mode. Afterwards every module is in the mode it was in, even after an
            error or Ctrl-C; a layer's `mask` is that of the last forward.
        x: the input, a Tensor or an array.
        samples: T, the number of forwards, at least 1. The memory used does not depend on it.
        apply: a function of each output, whose results are averaged instead. To average probabilities rather than
            logits: `apply=td.functional.softmax`.

    Returns:
        MonteCarlo, with `mean`, `spread`, `samples` and `standard_error`.

    Raises:
        TypeError: a model that is not a Module, or an output that is neither a Tensor nor an array.
        ValueError: samples below 1, or a model in which nothing is random.
    """
    if not isinstance(model, Module):
        raise TypeError(f"mc_forward: expected a model that is a Module, got {type(model).__name__}")
    if not isinstance(samples, int | np.integer) or samples < 1:
        raise ValueError(f"mc_forward: expected samples to be a whole number of at least 1, got {samples!r}")
    if not any(isinstance(module, RandomLayer) for module in model.modules()):
        raise ValueError(
            f"mc_forward: expected a model with dropout in it (a RandomLayer), got a {type(model).__name__} without: "
            "every forward would be the same"
        )
    x = as_tensor(x, like=next(model.parameters(), None))

    def outputs() -> Iterator[Array]:
        for _ in range(samples):
            out = model(x)
            yield as_output(out if apply is None else apply(out))

    with modes_restored(model), no_grad():
        for module in model.modules():
            module.training = isinstance(module, RandomLayer)
        return summed_up(outputs())


def as_output(value: Any) -> Array:
    """What the model (or `apply`) returned, as an array."""
    if isinstance(value, Tensor):
        return value.data
    if isinstance(value, np.ndarray | np.generic):
        return np.asarray(value)
    raise TypeError(
        f"mc_forward: expected each output to be a Tensor or an array, got {type(value).__name__}; "
        "apply=function can make one of it"
    )


def summed_up(outputs: Iterator[Array]) -> MonteCarlo:
    """Mean and spread in one pass, in float64 (Welford 1962): no output is kept, and no large numbers cancel."""
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
