"""Right answers, written differently: none may be rejected."""

import numpy as np


# %% two-rules: one function for each operation, and the product's gradient passed on
def add_backward(grad):
    return grad, grad


def multiply_backward(grad, x, y):
    return np.multiply(y, grad), np.multiply(x, grad)


def multiply_add_backward(grad, a, b, c):
    dproduct, dc = add_backward(grad)
    return (*multiply_backward(dproduct, a, b), dc)


# %% elements: one at a time, in a list of arrays
def multiply_add_backward(grad, a, b, c):
    out = [np.empty(grad.shape) for _ in range(3)]
    for index, g in np.ndenumerate(grad):
        for array, local in zip(out, (b[index], a[index], 1.0)):
            array[index] = g * local
    return out


# %% stacked: one array of three gradients, taken apart
def multiply_add_backward(grad, a, b, c):
    da, db, dc = np.stack([b, a, np.ones_like(c)]) * grad
    return da, db, dc
