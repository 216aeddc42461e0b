"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np

# %% one-row-hides-it: a single day
BUG = "mask-shared-by-rows"


def exposing_input():
    return {"x": np.ones((1, 6)), "rain": np.ones((1, 1)), "p": 0.3, "training": True}


# %% names-another-bug: the scale, which is right
BUG = "scale-is-one-over-p"


def exposing_input():
    return {"x": np.ones((2, 6)), "rain": np.ones((2, 1)), "p": 0.3, "training": True}


# %% input-has-the-wrong-shape: rain is 1-D
BUG = "mask-shared-by-rows"


def exposing_input():
    return {"x": np.ones((2, 6)), "rain": np.ones(2), "p": 0.3, "training": True}


# %% input-has-the-wrong-size: a batch of 64
BUG = "mask-shared-by-rows"


def exposing_input():
    return {"x": np.ones((64, 6)), "rain": np.ones((64, 1)), "p": 0.3, "training": True}


# %% p-close-to-one-hides-it: another bug, and p = 0.9999
HUNT = 1
BUG = "mask-redrawn-in-backward"


def exposing_input():
    return {"x": np.ones((2, 6)), "rain": np.ones((2, 1)), "p": 0.9999, "training": True}
