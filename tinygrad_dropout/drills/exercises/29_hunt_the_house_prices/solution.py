"""Each bias gets the mean of the upstream gradient over the batch; it should get the sum:

    seen[f"d_bias{layer}"] = grad.sum(axis=0)

A bias is added to every row, and the gradients of several uses add up. The 1/N of the mean loss is in grad already,
from the line 2 * (x - prices) / len(x); averaging divides by N a second time. It trains, since the direction is
right and the weights do the work; the biases are N times too slow. With N = 1 the mean is the sum. So the batch
needs two rows, and prices that the network does not predict already.
"""

import numpy as np

BUG = "bias-gradient-averaged"


def exposing_input():
    x = np.array([[1.0, 2.0, -1.0, 0.5], [-1.0, 0.5, 2.0, 1.5]])
    return {"x": x, "prices": np.array([[3.0], [4.0]]), "p": 0.0, "training": True}
