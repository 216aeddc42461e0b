"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np

# %% no-exact-zeros: words that have vectors already
BUG = "mask-inferred-from-the-output"


def exposing_input():
    return {"words": np.array([[2, 7, 5], [1, 14, 0]]), "kinds": np.array([1, 0]), "p": 0.3, "training": True}


# %% names-another-bug: nothing is redrawn
BUG = "mask-redrawn-in-backward"


def exposing_input():
    return {"words": np.array([[2, 17, 5]]), "kinds": np.array([1]), "p": 0.3, "training": True}


# %% integer-is-out-of-range: a word that does not exist
BUG = "mask-inferred-from-the-output"


def exposing_input():
    return {"words": np.array([[2, 20, 5]]), "kinds": np.array([1]), "p": 0.3, "training": True}


# %% input-has-the-wrong-shape: one review, 1-D
BUG = "mask-inferred-from-the-output"


def exposing_input():
    return {"words": np.array([2, 17, 5]), "kinds": np.array([1]), "p": 0.3, "training": True}


# %% input-is-no-number: words as strings
BUG = "mask-inferred-from-the-output"


def exposing_input():
    return {"words": [["good", "movie"]], "kinds": np.array([1]), "p": 0.3, "training": True}


# %% each-word-once: another bug, and different words
HUNT = 1
BUG = "later-use-overwrites-the-gradient"


def exposing_input():
    return {"words": np.array([[2, 7, 5]]), "kinds": np.array([1]), "p": 0.0, "training": True}
