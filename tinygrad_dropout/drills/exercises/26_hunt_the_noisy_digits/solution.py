"""Keep and drop are swapped: rng.random() < p has probability p, and what it marks is kept.

The right line keeps with probability 1 - p:

    kept = rng.random(hidden.shape) >= p

The network trains with p = 0.5, where both lines keep half of the units. For any other p the two differ: with p =
0.2 the wrong line keeps a fifth of the units, each multiplied by 1/(1 - p) = 1.25, and the mean of what dropout
returns is p/(1 - p) = 1/4 of its input instead of all of it. It must be seen in training mode, on an x that makes
some hidden units positive. p = 0 shows it in a single run: nothing should be dropped, and everything is.
"""

import numpy as np

BUG = "keep-and-drop-swapped"


def exposing_input():
    return {"x": np.linspace(-1, 1, 32).reshape(2, 16), "labels": np.array([0, 1]), "p": 0.2, "training": True}
