"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


def right(grad, x, y):
    rows, columns = np.atleast_2d(x), y.reshape(len(y), -1)
    grad = grad.reshape(len(rows), columns.shape[1])
    return (grad @ columns.T).reshape(x.shape), (rows.T @ grad).reshape(y.shape)


# %% dx-transpose-forgotten: no transposes at all
def matmul_backward(grad, x, y):
    return grad @ y, x @ grad


# %% matrix-times-vector-gives-a-scalar: the matrix rule for vectors
def matmul_backward(grad, x, y):
    return grad @ y.T, x.T @ grad


# %% two-vectors-forgotten: that case is missing
def matmul_backward(grad, x, y):
    if x.ndim == 2 and y.ndim == 2:
        return grad @ y.T, x.T @ grad
    if y.ndim == 1:
        return np.outer(grad, y), x.T @ grad
    return grad @ y.T, np.outer(x, grad)


# %% inexact: a small constant to avoid a division by zero that cannot occur
def matmul_backward(grad, x, y):
    dx, dy = right(grad, x, y)
    return dx / (1 + 1e-8), dy


# %% wrong-number-of-values: both results joined in one array
def matmul_backward(grad, x, y):
    return np.concatenate([one.ravel() for one in right(grad, x, y)])
