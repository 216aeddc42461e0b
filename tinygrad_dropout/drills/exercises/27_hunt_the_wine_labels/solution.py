"""The answers, one for each bug that the file may have."""

import numpy as np

# %% max-over-the-whole-batch
"""Before exp, the largest score of the whole batch is subtracted from every row; each row needs its own maximum:

    shifted = scores - scores.max(axis=1, keepdims=True)

On paper any number may be subtracted: log softmax(s - c) = log softmax(s). In float64, exp(-746) is 0. If all scores of
a row lie more than 745 below the largest score of another row, the row's sum of exp is 0, and its logarithm is minus
infinity: the loss is not finite. So the batch needs two rows, one with scores in the thousands and one with small
scores. With a single row, or two equally large ones, the right maximum is subtracted, and with small scores nothing is
lost in any case.
"""

BUG = "max-over-the-whole-batch"


def exposing_input():
    x = np.array([[1e4, 1e4, 1e4, 1e4, 1e4], [0.1, -0.2, 0.3, 0.4, -0.5]])
    return {"x": x, "labels": np.array([0, 1]), "p": 0.0, "training": True}


# %% relu-gradient-one-at-zero
"""The gradient of ReLU is 1 where its input is exactly 0; by the convention of every framework it is 0 there:

    d_before = np.where(before > 0, d_scores @ weight2, 0)

For every other input the two lines are the same, and measurements with noise never give exactly 0. But the biases begin
at 0, so a wine whose measurements are all 0 gives 0 in every hidden unit, whatever the weights. There the wrong line
moves the biases, and the correct one does not. Missing measurements that were filled in with 0 give such rows.
"""

BUG = "relu-gradient-one-at-zero"


def exposing_input():
    x = np.array([[0.0, 0.0, 0.0, 0.0, 0.0], [1.0, -0.5, 0.5, 2.0, -1.0]])
    return {"x": x, "labels": np.array([0, 1]), "p": 0.0, "training": True}


# %% weight-gradient-forgets-the-mask
"""The gradient of the first weights uses x; but the weights were multiplied by what dropout made of x:

    "d_weight1": d_before.T @ seen_x

The layer computes seen_x @ W.T + b, so dL/dW is d_before.T @ seen_x. With x instead, weights of dropped measurements
get a gradient although they played no part, and the others lack the factor 1/(1 - p). With p = 0.1 the two are similar,
so the loss falls. They are the same in eval mode and at p = 0, where dropout returns x. The input needs training mode,
a p that drops something, and measurements other than 0.
"""

BUG = "weight-gradient-forgets-the-mask"


def exposing_input():
    x = np.array([[1.0, -0.5, 0.5, 2.0, -1.0], [0.5, 1.0, -1.0, 0.5, 1.5]])
    return {"x": x, "labels": np.array([0, 1]), "p": 0.5, "training": True}


# %% bias-gradient-averaged
"""The first bias gets the mean of the upstream gradient over the batch; it should get the sum:

    "d_bias1": d_before.sum(axis=0)

A bias is added to every row, and the gradients of several uses add up. d_scores already has the 1/N of the mean loss;
averaging divides by N a second time. The network trains, since the direction is right and the other parameters do the
work, but this bias is N times too slow. With N = 1 the mean is the sum. So the batch needs two rows whose gradients
do not cancel.
"""

BUG = "bias-gradient-averaged"


def exposing_input():
    x = np.array([[1.0, -0.5, 0.5, 2.0, -1.0], [0.5, 1.0, -1.0, 0.5, 1.5]])
    return {"x": x, "labels": np.array([0, 0]), "p": 0.0, "training": True}
