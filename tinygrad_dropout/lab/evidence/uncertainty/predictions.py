"""Three ways to predict with one trained network, and scores for their probabilities.

- "weight scaling": one forward with dropout off.
- "one mask": one forward with dropout on.
- "Monte Carlo": the arithmetic mean over many forwards with dropout on: of the densities of a new value (regression),
  or of the class probabilities. It estimates E_z[p(y | x, z)]. Weight scaling instead approximates the geometric mean
  over masks.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log, pi

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.lab.arrays import Floats, Labels, Numbers

WEIGHT_SCALING, ONE_MASK, MONTE_CARLO = "weight scaling", "one mask", "Monte Carlo"
METHODS = (WEIGHT_SCALING, ONE_MASK, MONTE_CARLO)

CONFIDENCE = 0.95  # of the bands
Z = 1.959963984540054  # the normal distribution's 0.975 quantile
BINS = 15  # of confidence, equally wide from 0 to 1, as in Guo et al. 2017 (arXiv:1706.04599)
LEAST_NOISE = 1e-3  # relative to the root mean squared error over all masks


def predict(model: nn.Sequential, x: Floats, samples: int) -> dict[str, Numbers]:
    """The network's outputs for each row, by the name of the method.

    Args:
        model: its dropout layers draw a mask for each row.
        x: shape (rows, features).
        samples: the number of masks for Monte Carlo; the first is the "one mask".

    Returns:
        For each method an array of shape (masks, rows, outputs), with a single "mask" for weight scaling.
    """
    under_masks: list[Numbers] = []

    def keep(output: Tensor) -> Tensor:
        under_masks.append(output.data.astype(np.float64))
        return output

    td.mc_forward(model, x, samples, apply=keep)
    with td.no_grad():
        scaled = model.eval()(x).data.astype(np.float64)
    masks = np.stack(under_masks)
    return {WEIGHT_SCALING: scaled[np.newaxis], ONE_MASK: masks[:1], MONTE_CARLO: masks}


# Regression: values around the outputs with normal noise --------------------------------------------------------------


def log_likelihoods(outputs: Numbers, y: Numbers, noise: float) -> Numbers:
    """For each row log p(y | x) = log( 1/T · sum over t of N(y; f(x, z_t), noise²) ), in nats.

    This is eq. 8 of the appendix of Gal & Ghahramani 2016 (arXiv:1506.02157), with the precision 1 / noise².

    Args:
        outputs: f(x, z_t), shape (T, rows).
        y: the values, shape (rows,).
        noise: the standard deviation of a value around the prediction.
    """
    from scipy.special import logsumexp

    normal = -(((y - outputs) / noise) ** 2) / 2 - log(noise) - log(2 * pi) / 2
    return np.asarray(logsumexp(normal, axis=0) - log(len(outputs)))


def likeliest_noise(outputs: Numbers, y: Numbers) -> float:
    """The maximum-likelihood noise, searched from `LEAST_NOISE` to 1 root mean squared errors over masks.

    The maximum cannot be above that error: beyond it, the density of every mask falls on average.
    """
    from scipy.optimize import minimize_scalar

    largest = float(np.sqrt(np.square(y - outputs).mean()))
    if not largest > 0:
        return float(np.finfo(np.float32).tiny)  # every mask predicts every value exactly
    bounds = (log(largest * LEAST_NOISE), log(largest))
    found = minimize_scalar(lambda u: -log_likelihoods(outputs, y, np.exp(u)).mean(), bounds=bounds, method="bounded")
    return float(np.exp(found.x))


def band(outputs: Numbers, noise: float) -> tuple[Numbers, Numbers]:
    """The middle and the half-width of the band that should contain 95% of new values: 1.96 · sqrt(spread² + noise²).

    With a single mask, the spread is 0.
    """
    spread = outputs.std(axis=0, ddof=1) if len(outputs) > 1 else 0.0
    return outputs.mean(axis=0), Z * np.hypot(spread, noise)


def regression_scores(outputs: Numbers, y: Numbers, noise: float) -> dict[str, float]:
    """Score the predicted values and bands, in the units of y.

    Returns:
        rmse: the error of the mean over masks; log_likelihood: the mean over the rows; coverage: the fraction of the
        values that lie in their bands; width: the mean half-width of the bands.
    """
    middle, reach = band(outputs, noise)
    return {
        "rmse": float(np.sqrt(np.square(middle - y).mean())),
        "log_likelihood": float(log_likelihoods(outputs, y, noise).mean()),
        "coverage": float((np.abs(y - middle) <= reach).mean()),
        "width": float(np.mean(reach)),
    }


# Classification -------------------------------------------------------------------------------------------------------


def probabilities(outputs: Numbers) -> Numbers:
    """The arithmetic mean over masks of probabilities: of logits (masks, rows, classes), (rows, classes)."""
    with td.no_grad():
        return np.asarray(F.softmax(td.Tensor(outputs)).data.mean(axis=0))


def classification_scores(p: Numbers, y: Labels) -> dict[str, float]:
    """Score predicted probabilities.

    Args:
        p: shape (rows, classes).
        y: labels, shape (rows,).

    Returns:
        accuracy; log_likelihood: the mean over the rows of log p(y | x), in nats; calibration_error: see
        `expected_calibration_error`.
    """
    return {
        "accuracy": float((p.argmax(axis=1) == y).mean()),
        "log_likelihood": float(np.log(np.maximum(p[np.arange(len(y)), y], np.finfo(float).tiny)).mean()),
        "calibration_error": expected_calibration_error(**reliability(p, y)),
    }


def reliability(p: Numbers, y: Labels) -> dict[str, list[float]]:
    """Sort the rows into bins of confidence, the probability of the predicted class.

    Returns:
        For each of `BINS` bins, equally wide from 0 to 1 (each without its lower end, as in Guo et al.): rows, the sum
        of their confidences, and the number of right answers.
    """
    confidence = p.max(axis=1)
    place = np.clip(np.ceil(confidence * BINS).astype(int) - 1, 0, BINS - 1)
    right = (p.argmax(axis=1) == y).astype(float)
    sums = {"rows": np.ones(len(y)), "confidence": confidence, "right": right}
    return {name: np.bincount(place, weights, BINS).tolist() for name, weights in sums.items()}


def expected_calibration_error(rows: list[float], confidence: list[float], right: list[float]) -> float:
    """The mean over the rows of |accuracy - mean confidence| of each row's bin.

    Args:
        rows, confidence, right: sums over each bin, see `reliability`.
    """
    return float(np.abs(np.subtract(right, confidence)).sum() / np.sum(rows))


def mean_scores(found: list[Mapping[str, float]]) -> dict[str, float]:
    """The mean of each score over several records."""
    return {name: float(np.mean([one[name] for one in found])) for name in found[0]}
