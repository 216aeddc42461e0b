"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np

# %% one-note-hides-it: a melody of one note
BUG = "later-use-overwrites-the-gradient"


def exposing_input():
    return {"x": np.ones((3, 1, 3)), "labels": np.array([0, 1, 2]), "p": 0.0, "training": True}


# %% blank-after-the-first-note: one note, then silence
BUG = "later-use-overwrites-the-gradient"


def exposing_input():
    x = np.zeros((2, 4, 3))
    x[:, 0] = [1, -1, 2]
    return {"x": x, "labels": np.array([0, 1]), "p": 0.0, "training": True}


# %% p-close-to-one-hides-it: p = 0.9999
BUG = "later-use-overwrites-the-gradient"


def exposing_input():
    return {"x": np.ones((1, 2, 3)), "labels": np.array([0]), "p": 0.9999, "training": True}


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


# %% raises: a shape as a text
BUG = "later-use-overwrites-the-gradient"


def exposing_input():
    return {"x": np.ones("2, 4, 3"), "labels": np.array([0, 1]), "p": 0.0, "training": True}
