"""The answers, one for each bug that the file may have."""

import numpy as np

# %% eval-mode-scales
"""Eval mode multiplies by 1 - p. Inverted dropout already scales in training, so eval mode is the identity:

    factor = mask / (1 - p) if training else 1.0

In training, kept units are divided by 1 - p, so that the mean of the output is the input. Multiplying by 1 - p in
eval mode is the other half of the original scheme: the two together scale twice. Training does not reach that part of
the line. In eval mode the scores are too small by the factor 1 - p. As the biases of the last layer are small, the
largest score stays the largest, so the accuracy looks right; the probabilities and the loss do not. Take eval mode
and a p other than 0.
"""

BUG = "eval-mode-scales"


def exposing_input():
    return {"x": np.ones((1, 8)), "labels": np.array([0]), "p": 0.3, "training": False}


# %% relu-gradient-one-at-zero
"""The gradient of ReLU is 1 where its input is exactly 0; by the convention of every framework it is 0 there:

    return np.maximum(x, 0), lambda grad: grad * (x > 0)

For every other input the two are the same, and noisy calls never give exactly 0. But the biases begin at 0, so
silence, eight tones of 0, gives 0 in every unit of both layers, whatever the weights. There the wrong line lets
the gradient through to the biases of the first two layers, and the correct one stops it.
"""

BUG = "relu-gradient-one-at-zero"


def exposing_input():
    x = np.stack([np.zeros(8), np.linspace(-1, 1, 8)])
    return {"x": x, "labels": np.array([0, 1]), "p": 0.0, "training": True}


# %% max-over-the-whole-batch
"""Before exp, the largest score of the whole batch is subtracted from every row; each row needs its own maximum:

    shifted = scores - scores.max(axis=1, keepdims=True)

On paper any number may be subtracted: log softmax(s - c) = log softmax(s). In float64, exp(-746) is 0. If all scores
of a row lie more than 745 below the largest score of another row, the row's sum of exp is 0, and the logarithm of
that is minus infinity. So the batch needs two rows, one with scores in the thousands and one with small scores: a
very loud call and a quiet one.
"""

BUG = "max-over-the-whole-batch"


def exposing_input():
    x = np.stack([np.full(8, 1e4), np.linspace(-1, 1, 8)])
    return {"x": x, "labels": np.array([0, 1]), "p": 0.0, "training": True}


# %% mask-shared-by-rows
"""One mask is drawn for the whole batch: random(x.shape[1]) gives one number for each unit, shared by all rows.

The correct line draws for every element:

    mask = rng.random(x.shape) >= p

The rate, the scale and the mean are right for each row. What is wrong is that two rows are dropped together. To see it,
you need a batch of at least two rows in training mode, a unit that is positive in both, and a p that is not 0: with the
wrong line that unit is dropped in both rows with probability p, and with the correct line with probability p squared.
"""

BUG = "mask-shared-by-rows"


def exposing_input():
    return {"x": np.ones((2, 8)), "labels": np.array([0, 1]), "p": 0.3, "training": True}
