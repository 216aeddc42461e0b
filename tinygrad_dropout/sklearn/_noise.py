"""The noise of a regression: the likelihood of values, given the outputs under many masks, and the best estimate."""

from __future__ import annotations

from math import log, pi

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp

from tinygrad_dropout.autograd.tensor import Array


def row_likelihoods(outputs: Array, values: Array, noise: Array) -> Array:
    """The log-likelihood of each row, (N,): of outputs (T, N, targets), values (N, targets), noise (targets,)."""
    squares = (((values - outputs) / noise) ** 2).sum(axis=2)
    normal = -squares / 2 - np.log(noise).sum() - len(noise) / 2 * log(2 * pi)
    return np.asarray(logsumexp(normal, axis=0) - log(len(outputs)))


def likeliest_noise(outputs: Array, values: Array, weights: Array | None = None) -> Array:
    """For each target, the noise that makes its values most likely: outputs (T, N, targets), values (N, targets)."""
    targets = range(values.shape[1])
    return np.array([likeliest_noise_of_one(outputs[:, :, [k]], values[:, [k]], weights) for k in targets])


def likeliest_noise_of_one(outputs: Array, values: Array, weights: Array | None) -> float:
    """The same for one target: at most the root mean squared error over all masks, and sought down to 1/1000 of it."""
    largest = np.sqrt(np.average(((values - outputs) ** 2).mean(axis=(0, 2)), weights=weights))
    if not largest > 0:
        return float(np.finfo(np.float32).tiny)  # every mask predicts every value exactly

    def badness(log_noise: float) -> float:
        return -float(np.average(row_likelihoods(outputs, values, np.exp([log_noise])), weights=weights))

    found = minimize_scalar(badness, bounds=(log(largest) - log(1000), log(largest)), method="bounded")
    return float(np.exp(found.x))
