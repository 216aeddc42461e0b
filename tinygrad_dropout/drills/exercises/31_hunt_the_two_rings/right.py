"""Right answers, written differently: none may be rejected."""

import numpy as np

# %% origin: a single point, in eval mode
BUG = "relu-gradient-one-at-zero"


def exposing_input():
    return {"x": [[0, 0]], "outer": [0], "p": 0.5, "training": False}


# %% batch: the origin among other points, with dropout
BUG = "relu-gradient-one-at-zero"


def exposing_input():
    x = np.random.default_rng().normal(size=(7, 2))
    x[3] = 0
    return {"x": x, "outer": np.arange(7) % 2, "p": 0.3, "training": True}


# %% negative-zero: which equals 0, too
BUG = "relu-gradient-one-at-zero"


def exposing_input():
    return {"x": -np.zeros((3, 2)), "outer": np.array([True, True, False]), "p": 0.0, "training": True}


# %% another-bug: weight-gradient-forgets-the-mask, the bug of another number
HUNT = 1
BUG = "weight-gradient-forgets-the-mask"


def exposing_input():
    return {"x": np.eye(2), "outer": [1, 0], "p": 0.9, "training": True}
