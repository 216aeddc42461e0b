"""Right answers, written differently: none may be rejected."""

import numpy as np

# %% all-new: a review of new words only
BUG = "mask-inferred-from-the-output"


def exposing_input():
    return {"words": [[15, 16, 17, 18, 19]], "kinds": [0], "p": 0.5, "training": True}


# %% all: a batch with every word
BUG = "mask-inferred-from-the-output"


def exposing_input():
    words = np.random.default_rng().permutation(20).reshape(5, 4)
    return {"words": words, "kinds": np.arange(5) % 2, "p": 0.2, "training": True}


# %% rarely-kept: p = 0.9
BUG = "mask-inferred-from-the-output"


def exposing_input():
    return {"words": np.full((1, 1), 19), "kinds": np.ones(1, dtype=np.int32), "p": 0.9, "training": True}


# %% another-bug: later-use-overwrites-the-gradient, the bug of another number
HUNT = 1
BUG = "later-use-overwrites-the-gradient"


def exposing_input():
    return {"words": [[4], [4]], "kinds": [1, 1], "p": 0.5, "training": False}
