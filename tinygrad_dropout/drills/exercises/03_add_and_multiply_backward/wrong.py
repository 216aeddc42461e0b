"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% operands-swapped: each factor gets itself
def multiply_add_backward(grad, a, b, c):
    return grad * a, grad * b, grad.copy()


# %% changes-its-input: grad is multiplied in place, so db is wrong as well
def multiply_add_backward(grad, a, b, c):
    dc = grad.copy()
    grad *= b
    return grad, grad * a, dc


# %% wrong-number-of-values: c is forgotten
def multiply_add_backward(grad, a, b, c):
    return grad * b, grad * a


# %% not-finite: the product is divided by a, which may be 0
def multiply_add_backward(grad, a, b, c):
    return grad * (a * b) / a, grad * a, grad


# %% result-is-overwritten: one buffer for all calls
BUFFERS = {}


def multiply_add_backward(grad, a, b, c):
    da, db, dc = BUFFERS.setdefault(grad.shape, [np.empty(grad.shape) for _ in range(3)])
    np.multiply(grad, b, out=da)
    np.multiply(grad, a, out=db)
    dc[...] = grad
    return da, db, dc


# %% wrong-values: tiny gradients are treated as 0
def multiply_add_backward(grad, a, b, c):
    grad = np.where(np.abs(grad) < 1e-8, 0.0, grad)
    return grad * b, grad * a, grad
