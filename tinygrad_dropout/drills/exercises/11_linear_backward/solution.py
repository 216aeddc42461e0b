"""The backward of y = x W' + b.

Written out, y[n, o] = sum_i x[n, i] W[o, i] + b[o]. Each number takes part in the loss through every y that it enters:

    dL/dx[n, i] = sum_o dL/dy[n, o] W[o, i]      so  dx = g W
    dL/dW[o, i] = sum_n dL/dy[n, o] x[n, i]      so  dW = g' x
    dL/db[o]    = sum_n dL/dy[n, o]              so  db = g summed over the batch

The shapes leave no other choice where batch, in and out differ: (batch, out) @ (out, in) is (batch, in).
"""

import numpy as np


def linear_backward(grad, x, weight):
    return grad @ weight, grad.T @ x, grad.sum(axis=0)
