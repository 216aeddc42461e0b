"""One mask is drawn for the whole batch: random(x.shape[1]) has one number for each unit, which all rows share.

The right line draws for every element:

    self.factor = (self.rng.random(x.shape) >= self.p) / (1 - self.p)

The rate, the scale and the mean are right, each row for itself. What is wrong is that two rows are dropped together.
To see it takes a batch of at least two rows, in training mode, with a unit that is positive in both, and 0 < p: with
the wrong line it is dropped in both rows with probability p, with the right one with probability p squared.
"""

import numpy as np

BUG = "mask-shared-by-rows"


def exposing_input():
    return {"x": np.ones((2, 6)), "rain": np.ones((2, 1)), "p": 0.3, "training": True}
