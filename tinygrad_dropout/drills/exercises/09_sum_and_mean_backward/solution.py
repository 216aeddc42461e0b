"""The backward of sum and mean.

Each x goes into exactly one y: the one with the same index on the remaining axes. For a sum the slope is 1, and for a
mean over N elements it is 1/N:

    y[i] = sum_j x[i, j]          dL/dx[i, j] = dL/dy[i]
    y[i] = sum_j x[i, j] / N      dL/dx[i, j] = dL/dy[i] / N

So grad is repeated along the axes that were reduced. To be repeated along the right axes, it must have them, with
length 1: broadcasting aligns shapes at the last axis, and would otherwise use grad as a row instead of a column
(silently, if x is square). N is the number of elements that went into one y, not the number of all elements.
"""

import numpy as np


def reduction_backward(kind, grad, shape, axis, keepdims):
    if axis is None:
        axis = tuple(range(len(shape)))
    if not keepdims:
        grad = np.expand_dims(grad, axis)
    dx = np.broadcast_to(grad, shape).copy()
    if kind == "mean":
        dx /= dx.size / grad.size
    return dx
