"""The answers, one for each bug that the file may have."""

import numpy as np

# %% relu-gradient-one-at-zero
"""The gradient of ReLU is 1 where its input is exactly 0; by the convention of every framework it is 0 there:

    d_before = np.where(before <= 0, 0, d_hidden)

For every other input the two lines are the same, and no point of the two rings gives an input of exactly 0. But the
biases begin at 0, so the origin gives 0 in every hidden unit, whatever the weights. There the wrong line moves the
biases of all units, and the correct one does not. (The weights do not move, since x is 0.) It happens in practice:
blank images, padding, and units after a first ReLU are exactly 0.
"""

BUG = "relu-gradient-one-at-zero"


def exposing_input():
    return {"x": np.array([[0.0, 0.0], [1.5, -0.5]]), "outer": np.array([1, 0]), "p": 0.0, "training": True}


# %% weight-gradient-forgets-the-mask
"""The gradient of the last weights uses the hidden units before dropout; it should use what dropout returned:

    "d_weight2": d_score.T @ dropped

The layer computes dropped @ W.T + b, so dL/dW is d_score.T @ dropped. The wrong line computes the hidden units again,
without the mask: the weights of dropped units get a gradient although they played no part, and the others lack the
factor 1/(1 - p). With p = 0.1 the two are similar, so the loss falls. They agree in eval mode and at p = 0. The input
needs training mode and a p that drops something.
"""

BUG = "weight-gradient-forgets-the-mask"


def exposing_input():
    return {"x": np.array([[1.0, 0.5], [1.5, -0.5]]), "outer": np.array([1, 0]), "p": 0.5, "training": True}


# %% bias-gradient-averaged
"""The first bias gets the mean of the upstream gradient over the batch; it should get the sum:

    "d_bias1": d_before.sum(axis=0)

A bias is added to every row, and the gradients of several uses add up. The 1/N of the mean loss is already in
d_score; averaging divides by N a second time. The network trains, since the direction is right and the weights do the
work, but this bias is N times too slow. With N = 1 the mean is the sum. So the batch needs two points whose gradients
do not cancel, such as two of the same ring.
"""

BUG = "bias-gradient-averaged"


def exposing_input():
    return {"x": np.array([[1.0, 0.5], [1.5, -0.5]]), "outer": np.array([1, 1]), "p": 0.0, "training": True}
