"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np

# %% p-of-one-half-hides-it: the p used in training
BUG = "keep-and-drop-swapped"


def exposing_input():
    return {"x": np.linspace(-1, 1, 32).reshape(2, 16), "labels": np.array([0, 1]), "p": 0.5, "training": True}


# %% names-another-bug: the scale, which is right
BUG = "scale-is-one-over-p"


def exposing_input():
    return {"x": np.ones((2, 16)), "labels": np.array([0, 1]), "p": 0.2, "training": True}


# %% not-a-name-of-the-list: in words
BUG = "keeps with probability p"


def exposing_input():
    return {"x": np.ones((2, 16)), "labels": np.array([0, 1]), "p": 0.2, "training": True}


# %% input-has-the-wrong-shape: one digit, 1-D
BUG = "keep-and-drop-swapped"


def exposing_input():
    return {"x": np.ones(16), "labels": np.array([0]), "p": 0.2, "training": True}


# %% input-lacks-an-argument: no mode is given
BUG = "keep-and-drop-swapped"


def exposing_input():
    return {"x": np.ones((2, 16)), "labels": np.array([0, 1]), "p": 0.2}


# %% p-is-wrong: p = 1, where 1/(1 - p) is infinite
BUG = "keep-and-drop-swapped"


def exposing_input():
    return {"x": np.ones((2, 16)), "labels": np.array([0, 1]), "p": 1.0, "training": True}


# %% part-not-written: the input without the name
def exposing_input():
    return {"x": np.ones((2, 16)), "labels": np.array([0, 1]), "p": 0.2, "training": True}


# %% training-mode-hides-it: another bug, which is in eval mode
HUNT = 2
BUG = "eval-mode-scales"


def exposing_input():
    return {"x": np.ones((2, 16)), "labels": np.array([0, 1]), "p": 0.2, "training": True}
