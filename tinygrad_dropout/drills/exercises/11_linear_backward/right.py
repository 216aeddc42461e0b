"""Right answers, written differently: none may be rejected."""

import numpy as np


# %% einsum: index notation
def linear_backward(grad, x, weight):
    return np.einsum("no,oi->ni", grad, weight), np.einsum("no,ni->oi", grad, x), np.einsum("no->o", grad)


# %% loops: row by row, and a list instead of a tuple
def linear_backward(grad, x, weight):
    dx, dweight, dbias = np.zeros_like(x), np.zeros_like(weight), np.zeros(len(weight))
    for g, row, into in zip(grad, x, dx):
        into += sum(g[o] * weight[o] for o in range(len(weight)))
        dweight += np.outer(g, row)
        dbias += g
    return [dx, dweight, dbias]


# %% ones: the sum as a product with ones
def linear_backward(grad, x, weight):
    return np.dot(grad, weight), np.dot(x.T, grad).T, np.ones(len(grad)) @ grad
