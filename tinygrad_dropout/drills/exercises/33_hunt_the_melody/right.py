"""Right answers, written differently: none may be rejected."""

import numpy as np

# %% long: the longest melody, with dropout
BUG = "later-use-overwrites-the-gradient"


def exposing_input():
    rng = np.random.default_rng()
    return {"x": rng.normal(size=(4, 16, 3)), "labels": rng.integers(4, size=4), "p": 0.5, "training": True}


# %% silence-first: the first note is 0, the second is not
BUG = "later-use-overwrites-the-gradient"


def exposing_input():
    return {"x": [[[0, 0, 0], [1, 0, 0]]], "labels": [3], "p": 0, "training": False}


# %% the-same-note: two notes of ones, as a tuple
BUG = "later-use-overwrites-the-gradient"


def exposing_input():
    notes = ((1.0, 1.0, 1.0),) * 2
    return {"x": (notes, notes), "labels": (0, 1), "p": 0.2, "training": True}


# %% another-bug: mask-shared-by-rows, the bug of another number
HUNT = 3
BUG = "mask-shared-by-rows"


def exposing_input():
    return {"x": np.ones((16, 1, 3)), "labels": [0] * 16, "p": 0.5, "training": True}
