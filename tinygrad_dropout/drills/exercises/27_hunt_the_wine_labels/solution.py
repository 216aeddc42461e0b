"""Before exp, the largest score of the whole batch is subtracted from every row; each row needs its own maximum:

    shifted = scores - scores.max(axis=1, keepdims=True)

On paper any number may be subtracted: log softmax(s - c) = log softmax(s). In float64, exp(-746) is 0. A row whose
scores all lie more than 745 below the largest of another row has a sum of exp that is 0, and its logarithm is minus
infinity: the loss is NaN. So the batch needs two rows, one with scores in the thousands and one with small ones. One
row alone, or two large ones, have their own maximum subtracted, and small scores lose nothing whatever is
subtracted.
"""

import numpy as np

BUG = "max-over-the-whole-batch"


def exposing_input():
    x = np.array([[1e4, 1e4, 1e4, 1e4, 1e4], [0.1, -0.2, 0.3, 0.4, -0.5]])
    return {"x": x, "labels": np.array([0, 1]), "p": 0.0, "training": True}
