"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np

# %% no-exact-zeros: points of the two rings
BUG = "relu-gradient-one-at-zero"


def exposing_input():
    return {"x": np.array([[1.0, 0.3], [1.5, -0.5]]), "outer": np.array([0, 1]), "p": 0.0, "training": True}


# %% nearly-zero-is-not-zero: very close to the origin
BUG = "relu-gradient-one-at-zero"


def exposing_input():
    return {"x": np.array([[1e-9, 1e-9]]), "outer": np.array([0]), "p": 0.0, "training": True}


# %% gradients-cancel: the origin twice, with both labels
BUG = "relu-gradient-one-at-zero"


def exposing_input():
    return {"x": np.zeros((2, 2)), "outer": np.array([0, 1]), "p": 0.0, "training": True}


# %% names-another-bug: ReLU's backward, but another mistake
BUG = "relu-mask-from-the-gradient"


def exposing_input():
    return {"x": np.zeros((1, 2)), "outer": np.array([0]), "p": 0.0, "training": True}


# %% integer-is-out-of-range: a third ring
BUG = "relu-gradient-one-at-zero"


def exposing_input():
    return {"x": np.zeros((1, 2)), "outer": np.array([2]), "p": 0.0, "training": True}


# %% returns-none: nothing is returned
BUG = "relu-gradient-one-at-zero"


def exposing_input():
    {"x": np.zeros((1, 2)), "outer": np.array([0]), "p": 0.0, "training": True}


# %% training-is-wrong: neither True nor False
BUG = "relu-gradient-one-at-zero"


def exposing_input():
    return {"x": np.zeros((1, 2)), "outer": np.array([0]), "p": 0.0, "training": 2}
