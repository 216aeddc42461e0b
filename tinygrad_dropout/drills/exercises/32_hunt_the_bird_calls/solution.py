"""Eval mode multiplies by 1 - p. Inverted dropout has scaled already while training, so eval mode is the identity:

    factor = mask / (1 - p) if training else 1.0

What is kept in training is divided by 1 - p, so that the mean of the output is the input. To multiply by 1 - p in
eval mode is the other half of the original scheme; together they scale twice. Training does not reach that part of
the line. In eval mode the scores are too small by 1 - p. As the biases of the last layer are small, the largest
score stays the largest, so that the accuracy looks right; the probabilities and the loss do not. Take eval mode and
a p other than 0.
"""

import numpy as np

BUG = "eval-mode-scales"


def exposing_input():
    return {"x": np.ones((1, 8)), "labels": np.array([0]), "p": 0.3, "training": False}
