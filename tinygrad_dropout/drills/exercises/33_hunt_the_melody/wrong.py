"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np

# %% flat-tanh-hides-it: loud notes
BUG = "later-use-overwrites-the-gradient"


def exposing_input():
    return {"x": np.full((2, 4, 3), 1e6), "labels": np.array([0, 1]), "p": 0.1, "training": True}


# %% names-another-bug: the loss is divided by N
BUG = "loss-gradient-not-divided-by-n"


def exposing_input():
    return {"x": np.ones((2, 3, 3)), "labels": np.array([0, 1]), "p": 0.0, "training": True}


# %% input-has-the-wrong-shape: a melody without a batch
BUG = "later-use-overwrites-the-gradient"


def exposing_input():
    return {"x": np.ones((4, 3)), "labels": np.array([0]), "p": 0.0, "training": True}


# %% input-has-the-wrong-size: no note at all
BUG = "later-use-overwrites-the-gradient"


def exposing_input():
    return {"x": np.ones((2, 0, 3)), "labels": np.array([0, 1]), "p": 0.0, "training": True}


# %% raises: the shape is a string
BUG = "later-use-overwrites-the-gradient"


def exposing_input():
    return {"x": np.ones("2, 4, 3"), "labels": np.array([0, 1]), "p": 0.0, "training": True}


# %% eval-mode-hides-it: another bug, which is in training mode
HUNT = 2
BUG = "weight-gradient-forgets-the-mask"


def exposing_input():
    return {"x": np.ones((1, 2, 3)), "labels": np.array([2]), "p": 0.3, "training": False}
