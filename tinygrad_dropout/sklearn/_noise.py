"""The noise of a regression: its maximum-likelihood estimate, given the outputs under many masks."""

from __future__ import annotations

from math import log, pi

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp

from tinygrad_dropout.autograd.tensor import Array


def row_likelihoods(outputs: Array, values: Array, noise: Array) -> Array:
    """Return each row's log-likelihood, (N,), from outputs (T, N, targets), values (N, targets), noise (targets,)."""
    squares = (((values - outputs) / noise) ** 2).sum(axis=2)
    normal = -squares / 2 - np.log(noise).sum() - len(noise) / 2 * log(2 * pi)
    return np.asarray(logsumexp(normal, axis=0) - log(len(outputs)))


def most_likely_noise(outputs: Array, values: Array, weights: Array | None = None) -> Array:
    """Return, for each target, the most likely noise, from outputs (T, N, targets) and values (N, targets)."""
    targets = range(values.shape[1])
    return np.array([most_likely_noise_of_one(outputs[:, :, [k]], values[:, [k]], weights) for k in targets])


def most_likely_noise_of_one(outputs: Array, values: Array, weights: Array | None) -> float:
    """Do the same for one target. The search covers 1/1000 to 1 times the RMS error over all masks."""
    largest = np.sqrt(np.average(((values - outputs) ** 2).mean(axis=(0, 2)), weights=weights))
    if not largest > 0:
        return float(np.finfo(np.float32).tiny)  # every mask predicts every value exactly

    def badness(log_noise: float) -> float:
        return -float(np.average(row_likelihoods(outputs, values, np.exp([log_noise])), weights=weights))

    found = minimize_scalar(badness, bounds=(log(largest) - log(1000), log(largest)), method="bounded")
    return float(np.exp(found.x))
