"""Right answers, written differently: none may be rejected."""

import numpy as np

# %% nothing-dropped: p = 0, and plain lists
BUG = "keep-and-drop-swapped"


def exposing_input():
    return dict(x=[[1] * 16], labels=[3], p=0, training=True)


# %% nearly-everything-dropped: a random batch, and a large p
BUG = "keep-and-drop-swapped"


def exposing_input():
    rng = np.random.default_rng()
    x = rng.normal(size=(5, 16))
    return {"x": x, "labels": rng.integers(4, size=5), "p": np.float64(0.9), "training": np.True_}


# %% rather-close: p = 0.4, which differs enough
BUG = "keep-and-drop-swapped"
ROWS = 16


def exposing_input(p=0.4):
    x = np.arange(ROWS * 16.0).reshape(ROWS, 16) / 100
    return {"training": True, "p": p, "labels": np.zeros(ROWS), "x": x}


# %% another-bug: scale-is-one-over-p, the bug of another number
HUNT = 1
BUG = "scale-is-one-over-p"


def exposing_input():
    return {"x": [[1] * 16], "labels": [3], "p": 0, "training": True}
