"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np

# %% small-scores-hide-it: measurements as in training
BUG = "max-over-the-whole-batch"


def exposing_input():
    x = np.random.default_rng(0).normal(size=(4, 5))
    return {"x": x, "labels": np.array([0, 1, 2, 0]), "p": 0.1, "training": True}


# %% breaks-the-correct-network-too: scores too large for float64
BUG = "max-over-the-whole-batch"


def exposing_input():
    return {"x": np.array([[1e308] * 5, [1.0] * 5]), "labels": np.array([0, 1]), "p": 0.5, "training": False}


# %% input-is-not-finite: infinity
BUG = "max-over-the-whole-batch"


def exposing_input():
    return {"x": np.array([[np.inf] * 5, [1.0] * 5]), "labels": np.array([0, 1]), "p": 0.0, "training": True}


# %% names-another-bug: the bias, which is right
BUG = "bias-gradient-averaged"


def exposing_input():
    return {"x": np.array([[1e4] * 5, [1.0] * 5]), "labels": np.array([0, 1]), "p": 0.0, "training": True}


# %% integer-is-out-of-range: labels counted from 1
BUG = "max-over-the-whole-batch"


def exposing_input():
    return {"x": np.array([[1e4] * 5, [1.0] * 5]), "labels": np.array([2, 3]), "p": 0.0, "training": True}


# %% nearly-zero-is-not-zero: another bug, and an input close to 0
HUNT = 1
BUG = "relu-gradient-one-at-zero"


def exposing_input():
    return {"x": np.full((2, 5), 1e-9), "labels": np.array([0, 1]), "p": 0.0, "training": True}
