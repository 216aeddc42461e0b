"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np

# %% zero-gradient-hides-it: the network predicts the prices already
BUG = "bias-gradient-averaged"


def exposing_input():
    return {"x": np.zeros((3, 4)), "prices": np.zeros((3, 1)), "p": 0.0, "training": True}


# %% names-another-bug: the 1/N of the loss, which is there
BUG = "loss-gradient-not-divided-by-n"


def exposing_input():
    return {"x": np.ones((2, 4)), "prices": np.array([[3.0], [4.0]]), "p": 0.0, "training": True}


# %% input-has-the-wrong-shape: prices are 1-D
BUG = "bias-gradient-averaged"


def exposing_input():
    return {"x": np.ones((2, 4)), "prices": np.array([3.0, 4.0]), "p": 0.0, "training": True}


# %% input-has-a-stray-argument: the generator is the grader's
BUG = "bias-gradient-averaged"


def exposing_input():
    x = np.ones((2, 4))
    return {"x": x, "prices": x[:, :1], "p": 0.0, "training": True, "rng": np.random.default_rng(0)}


# %% input-is-no-dict: a tuple
BUG = "bias-gradient-averaged"


def exposing_input():
    return np.ones((2, 4)), np.array([[3.0], [4.0]]), 0.0, True


# %% no-exact-zeros: another bug, and a house like any other
HUNT = 1
BUG = "relu-gradient-one-at-zero"


def exposing_input():
    return {"x": np.ones((2, 4)), "prices": np.ones((2, 1)), "p": 0.0, "training": True}
