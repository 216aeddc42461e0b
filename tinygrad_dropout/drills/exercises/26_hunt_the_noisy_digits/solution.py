"""The answers, one for each bug that the file may have."""

import numpy as np

# %% keep-and-drop-swapped
"""Keep and drop are swapped: rng.random() < p has probability p, and what it marks is kept.

The correct line keeps with probability 1 - p:

    kept = rng.random(hidden.shape) >= p

The network trains with p = 0.5, where both lines keep half of the units. For any other p the two differ: with p = 0.2
the wrong line keeps a fifth of the units, each multiplied by 1/(1 - p) = 1.25, so the mean of what dropout returns is
p/(1 - p) = 1/4 of its input instead of all of it. The bug shows in training mode, on an x that makes some hidden
units positive. With p = 0 a single run is enough: nothing should be dropped, but everything is.
"""

BUG = "keep-and-drop-swapped"


def exposing_input():
    return {"x": np.linspace(-1, 1, 32).reshape(2, 16), "labels": np.array([0, 1]), "p": 0.2, "training": True}


# %% scale-is-one-over-p
"""Kept units are divided by p; they should be divided by the probability of being kept:

    factor = kept / (1 - p)

A unit is kept with probability 1 - p, so E[y] = (1 - p) * scale * x, which is x only for scale = 1/(1 - p). The
network trains with p = 0.5, where p and 1 - p are the same number. With p = 0.2 the wrong line multiplies by 5 where
1.25 is right. The bug shows in any single run in training mode in which some positive unit is kept, for any p but
0.5.
"""

BUG = "scale-is-one-over-p"


def exposing_input():
    return {"x": np.linspace(-1, 1, 32).reshape(2, 16), "labels": np.array([0, 1]), "p": 0.2, "training": True}


# %% eval-mode-scales
"""Eval mode multiplies by 1 - p. Inverted dropout already scales in training, so eval mode is the identity:

    factor = np.ones(hidden.shape)

In training kept units are divided by 1 - p, so that the mean of the output is the input. Multiplying by 1 - p in eval
mode is the other half of the original scheme: the two together scale twice. Training never reaches that line, and the
largest score usually stays the largest, so even the accuracy looks right. Take eval mode, a p other than 0, and an x
for which some hidden unit is positive.
"""

BUG = "eval-mode-scales"


def exposing_input():
    return {"x": np.linspace(-1, 1, 32).reshape(2, 16), "labels": np.array([0, 1]), "p": 0.2, "training": False}


# %% mask-shared-by-rows
"""One mask is drawn for the whole batch: random(hidden.shape[1]) gives one number for each unit, shared by all rows.

The correct line draws for every element:

    kept = rng.random(hidden.shape) >= p

The rate, the scale and the mean are right for each row. What is wrong is that two rows are dropped together. To see it,
you need a batch of at least two rows in training mode, a hidden unit that is positive in both, and a p that is not 0:
with the wrong line that unit is dropped in both rows with probability p, and with the correct line with probability p
squared.
"""

BUG = "mask-shared-by-rows"


def exposing_input():
    return {"x": np.ones((2, 16)), "labels": np.array([0, 1]), "p": 0.3, "training": True}
