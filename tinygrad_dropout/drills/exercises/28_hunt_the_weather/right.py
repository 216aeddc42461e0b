"""Right answers, written differently: none may be rejected."""

import numpy as np

# %% random: a batch of random days, a small p
BUG = "mask-shared-by-rows"


def exposing_input():
    rng = np.random.default_rng()
    return {"x": rng.normal(size=(8, 6)), "rain": rng.normal(size=(8, 1)), "p": 0.1, "training": True}


# %% half: p = 0.5, which hides other bugs but not this one
BUG = "mask-shared-by-rows"


def exposing_input():
    return {"x": [[1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1]], "rain": [[0], [0]], "p": 0.5, "training": True}


# %% many-rows: the largest batch, a large p
BUG = "mask-shared-by-rows"


def exposing_input():
    days = np.linspace(-2, 2, 96).reshape(16, 6)
    return {"x": days, "rain": days[:, :1], "p": 0.8, "training": True}


# %% another-bug: mask-redrawn-in-backward, the bug of another number
HUNT = 1
BUG = "mask-redrawn-in-backward"


def exposing_input():
    return {"x": np.linspace(-1, 1, 96).reshape(16, 6), "rain": np.ones((16, 1)), "p": 0.1, "training": True}
