"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np

# %% training-mode-hides-it: as it is trained
BUG = "eval-mode-scales"


def exposing_input():
    return {"x": np.ones((4, 8)), "labels": np.array([0, 1, 2, 0]), "p": 0.3, "training": True}


# %% p-of-zero-hides-it: eval mode, but p = 0 to be safe
BUG = "eval-mode-scales"


def exposing_input():
    return {"x": np.ones((1, 8)), "labels": np.array([0]), "p": 0.0, "training": False}


# %% nothing-to-scale: silence
BUG = "eval-mode-scales"


def exposing_input():
    return {"x": np.zeros((1, 8)), "labels": np.array([0]), "p": 0.3, "training": False}


# %% names-another-bug: the mask is drawn in forward alone
BUG = "mask-redrawn-in-backward"


def exposing_input():
    return {"x": np.ones((1, 8)), "labels": np.array([0]), "p": 0.3, "training": False}


# %% input-has-the-wrong-shape: two calls, three labels
BUG = "eval-mode-scales"


def exposing_input():
    return {"x": np.ones((2, 8)), "labels": np.array([0, 1, 2]), "p": 0.3, "training": False}


# %% wrong-type: BUG is a list
BUG = ["eval-mode-scales", "scale-is-one-over-p"]


def exposing_input():
    return {"x": np.ones((1, 8)), "labels": np.array([0]), "p": 0.3, "training": False}
