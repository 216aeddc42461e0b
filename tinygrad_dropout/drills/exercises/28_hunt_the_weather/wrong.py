"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np

# %% one-row-hides-it: a single day
BUG = "mask-shared-by-rows"


def exposing_input():
    return {"x": np.ones((1, 6)), "rain": np.ones((1, 1)), "p": 0.3, "training": True}


# %% eval-mode-hides-it: training=False
BUG = "mask-shared-by-rows"


def exposing_input():
    return {"x": np.ones((2, 6)), "rain": np.ones((2, 1)), "p": 0.3, "training": False}


# %% p-of-zero-hides-it: nothing is dropped
BUG = "mask-shared-by-rows"


def exposing_input():
    return {"x": np.ones((2, 6)), "rain": np.ones((2, 1)), "p": 0.0, "training": True}


# %% no-unit-in-two-rows: one row of the two is blank
BUG = "mask-shared-by-rows"


def exposing_input():
    x = np.ones((2, 6))
    x[1] = 0
    return {"x": x, "rain": np.ones((2, 1)), "p": 0.3, "training": True}


# %% p-close-to-an-end-hides-it: p = 0.0001
BUG = "mask-shared-by-rows"


def exposing_input():
    return {"x": np.ones((2, 6)), "rain": np.ones((2, 1)), "p": 0.0001, "training": True}


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
