"""Right answers, written differently: none may be rejected."""

import numpy as np

# %% blank: a row of zeros and a large one, in eval mode
BUG = "max-over-the-whole-batch"


def exposing_input():
    x = np.zeros((2, 5))
    x[1] = 50_000
    return {"x": x, "labels": [2, 2], "p": 0, "training": False}


# %% unscaled: measurements in their own units, one of them in millions, with dropout
BUG = "max-over-the-whole-batch"


def exposing_input():
    x = np.random.default_rng().uniform(0.5, 1, (6, 5)) * [1, 10, 100, 1e3, 1e6] * np.array([[1, 0.01] * 3]).T
    return {"x": x, "labels": np.arange(6) % 3, "p": 0.3, "training": True}


# %% lists: the smallest batch, as lists
BUG = "max-over-the-whole-batch"


def exposing_input():
    return {"x": [[-9e3, 9e3, -9e3, 9e3, 9e3], [0, 0, 0, 0, 1]], "labels": (0, 0), "p": 0.5, "training": 0}


# %% another-bug: bias-gradient-averaged, the bug of another number
HUNT = 3
BUG = "bias-gradient-averaged"


def exposing_input():
    return {"x": [[1, 2, 3, 4, 5]] * 2, "labels": [2, 2], "p": 0.5, "training": 0}
