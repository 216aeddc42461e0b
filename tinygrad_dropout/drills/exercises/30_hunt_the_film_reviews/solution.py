"""Dropout's backward infers the mask from the output: it takes y == 0 for "dropped". It should use what was drawn:

    return y, lambda grad: np.where(kept, grad / (1 - p), 0)

An element that is 0 and kept gives y = 0 as well, but its gradient is grad/(1 - p), since a change of x would change
y. The vectors of the words 15 to 19 begin at 0. By the wrong line they get no gradient, and stay 0 for ever; the
other words learn, so the loss falls. The input needs one such word, in training mode: words 0 to 14 have no exact
zeros, and in eval mode the line is not reached. p = 0 serves well: nothing is dropped, and still the gradient is
gone.
"""

import numpy as np

BUG = "mask-inferred-from-the-output"


def exposing_input():
    return {"words": np.array([[2, 17, 5]]), "kinds": np.array([1]), "p": 0.0, "training": True}
