"""Right answers, written differently: none may be rejected."""

import numpy as np

# %% half: p = 0.5, which hides other bugs but not this one
BUG = "eval-mode-scales"


def exposing_input():
    return {"x": [list(range(8))], "labels": [1], "p": 0.5, "training": False}


# %% random: a random batch, a small p
BUG = "eval-mode-scales"


def exposing_input():
    rng = np.random.default_rng()
    x = rng.normal(size=(8, 8))
    return {"x": x, "labels": rng.integers(3, size=8), "p": 0.05, "training": np.bool_(False)}


# %% mapping: made of pairs, with float32 numbers
BUG = "eval-mode-scales"


def exposing_input():
    loud = np.eye(8, dtype=np.float32)
    return dict([("training", 0), ("p", 0.9), ("x", loud), ("labels", np.arange(8) % 3)])


# %% another-bug: relu-gradient-one-at-zero, the bug of another number
HUNT = 1
BUG = "relu-gradient-one-at-zero"


def exposing_input():
    return {"x": [[0] * 8], "labels": [2], "p": 0.7, "training": False}
