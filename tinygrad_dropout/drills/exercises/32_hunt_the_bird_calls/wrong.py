"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np

# %% training-mode-hides-it: the mode of training
BUG = "eval-mode-scales"


def exposing_input():
    return {"x": np.ones((4, 8)), "labels": np.array([0, 1, 2, 0]), "p": 0.3, "training": True}


# %% names-another-bug: the mask is drawn only in forward
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


# %% no-unit-in-two-rows: another bug, and silence in one of two rows
HUNT = 3
BUG = "mask-shared-by-rows"


def exposing_input():
    return {"x": np.eye(8)[:2] * [[1], [0]], "labels": np.array([0, 1]), "p": 0.3, "training": True}
