"""Right answers, written differently: none may be rejected."""

import numpy as np

# %% eval: in eval mode, without dropout
BUG = "bias-gradient-averaged"


def exposing_input():
    return {"x": [[0, 0, 0, 1], [0, 1, 0, 0]], "prices": [[1], [1]], "p": 0.3, "training": False}


# %% random: a random batch with dropout
BUG = "bias-gradient-averaged"


def exposing_input():
    rng = np.random.default_rng()
    return {"x": rng.normal(size=(16, 4)), "prices": rng.normal(size=(16, 1)), "p": 0.5, "training": True}


# %% blank: x of zeros, where only the last bias has a gradient
BUG = "bias-gradient-averaged"


def exposing_input():
    return {"x": np.zeros((2, 4)), "prices": np.full((2, 1), 7.0), "p": 0.0, "training": True}


# %% another-bug: mask-shared-by-rows, the bug of another number
HUNT = 2
BUG = "mask-shared-by-rows"


def exposing_input():
    return {"x": np.arange(64).reshape(16, 4), "prices": [[0]] * 16, "p": 0.5, "training": True}
