"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np

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


# %% p-of-zero-hides-it: another bug, and no dropout
HUNT = 1
BUG = "weight-gradient-forgets-the-mask"


def exposing_input():
    return {"x": np.ones((2, 2)), "outer": np.array([0, 1]), "p": 0.0, "training": True}
