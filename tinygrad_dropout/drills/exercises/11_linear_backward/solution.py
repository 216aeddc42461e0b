"""The backward of y = x @ W.T + b.

Written out, y[n, o] = sum_i x[n, i] W[o, i] + b[o]. Each number affects the loss through every entry of y that it
contributes to:

    dL/dx[n, i] = sum_o dL/dy[n, o] W[o, i]      so  dx = g @ W
    dL/dW[o, i] = sum_n dL/dy[n, o] x[n, i]      so  dW = g.T @ x
    dL/db[o]    = sum_n dL/dy[n, o]              so  db = g summed over the batch

If batch, in and out differ, the shapes leave no other choice: (batch, out) @ (out, in) is (batch, in).
"""

import numpy as np


def linear_backward(grad, x, weight):
    return grad @ weight, grad.T @ x, grad.sum(axis=0)
