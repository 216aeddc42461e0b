"""The answers, one for each bug that the file may have."""

import numpy as np

# %% bias-gradient-averaged
"""Each bias gets the mean of the upstream gradient over the batch; it should get the sum:

    seen[f"d_bias{layer}"] = grad.sum(axis=0)

A bias is added to every row, and the gradients of several uses add up. The 1/N of the mean loss is already in grad,
from the line 2 * (x - prices) / len(x); averaging divides by N a second time. The network trains, since the direction
is right and the weights do the work, but the biases are N times too slow. With N = 1 the mean is the sum. So the
batch needs two rows, and prices that the network does not predict already.
"""

BUG = "bias-gradient-averaged"


def exposing_input():
    x = np.array([[1.0, 2.0, -1.0, 0.5], [-1.0, 0.5, 2.0, 1.5]])
    return {"x": x, "prices": np.array([[3.0], [4.0]]), "p": 0.0, "training": True}


# %% relu-gradient-one-at-zero
"""The slope of ReLU is 1 where its input is exactly 0; by the convention of every framework it is 0 there:

    slope[before <= 0] = 0

The outputs are the same, since 0 times any slope is 0; only the gradient sees it. Random houses never give exactly 0.
But the biases begin at 0, so a house about which nothing is known, all zeros, gives 0 in every unit of both hidden
layers. There the wrong line lets the gradient through to the biases. Its price must differ from 0, which is what the
network predicts.
"""

BUG = "relu-gradient-one-at-zero"


def exposing_input():
    x = np.array([[0.0, 0.0, 0.0, 0.0], [-1.0, 0.5, 2.0, 1.5]])
    return {"x": x, "prices": np.array([[3.0], [4.0]]), "p": 0.0, "training": True}


# %% mask-shared-by-rows
"""In each layer one mask is drawn for the whole batch: before.shape[1] numbers, which all rows share.

The correct line draws for every element:

    slope = slope * (rng.random(before.shape) >= p) / (1 - p)

The rate, the scale and the mean are right for each row, and little is dropped in training, so nothing looks wrong. But
two rows are always dropped together. To see it, you need a batch of at least two rows in training mode, a unit that is
positive in both, and a p that is not 0: with the wrong line that unit is dropped in both rows with probability p, and
with the correct line with probability p squared.
"""

BUG = "mask-shared-by-rows"


def exposing_input():
    return {"x": np.ones((2, 4)), "prices": np.ones((2, 1)), "p": 0.3, "training": True}
