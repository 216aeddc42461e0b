"""The answers, one for each bug that the file may have."""

import numpy as np

# %% mask-shared-by-rows
"""One mask is drawn for the whole batch: random(x.shape[1]) gives one number for each unit, shared by all rows.

The correct line draws for every element:

    self.factor = (self.rng.random(x.shape) >= self.p) / (1 - self.p)

The rate, the scale and the mean are right for each row. What is wrong is that two rows are dropped together. To see it,
you need a batch of at least two rows in training mode, a unit that is positive in both, and a p that is not 0: with the
wrong line that unit is dropped in both rows with probability p, and with the correct line with probability p squared.
"""

BUG = "mask-shared-by-rows"


def exposing_input():
    return {"x": np.ones((2, 6)), "rain": np.ones((2, 1)), "p": 0.3, "training": True}


# %% mask-redrawn-in-backward
"""Dropout's backward calls forward, which draws a new mask; it should use the one that forward drew:

    return grad * self.factor

In eval mode both are the identity, and with p = 0 every mask is all ones. In training mode the gradient goes through
units that were dropped, and stops at units that were kept. Its mean over many masks still points downhill, so the loss
falls. The bug shows in any run in which the two masks differ where hidden units are positive: take a p near 0.5.
"""

BUG = "mask-redrawn-in-backward"


def exposing_input():
    return {"x": np.ones((2, 6)), "rain": np.zeros((2, 1)), "p": 0.5, "training": True}


# %% weight-gradient-forgets-the-mask
"""The gradient of the last weights uses hidden, but these weights were multiplied by what dropout returned:

    "d_weight2": d_error.T @ dropped

The layer computes dropped @ W.T + b, so dL/dW is d_error.T @ dropped. With hidden instead, the weights of dropped units
get a gradient although they played no part, and the others lack the factor 1/(1 - p). On average over masks the two are
the same, up to the error's own dependence on the mask, so the loss falls. They agree in eval mode and at p = 0. The
input needs training mode, a p that drops something, and hidden units that are positive.
"""

BUG = "weight-gradient-forgets-the-mask"


def exposing_input():
    return {"x": np.ones((2, 6)), "rain": np.zeros((2, 1)), "p": 0.5, "training": True}
