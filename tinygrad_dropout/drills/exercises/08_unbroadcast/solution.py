"""Undoing a broadcast.

Broadcasting copies: an array b of shape (3,) that is added to x of shape (2, 3) is used once in every row,

    y[n, o] = x[n, o] + b[o]        so        dL/db[o] = sum_n dL/dy[n, o]

A value that is used several times gets the sum of its gradients, so sum the gradient over every axis along which copies
were made. There are two kinds: axes that were added in front, which the sum removes, and axes whose length was 1, which
keep that length. It is a sum, not a mean, because every copy affects the loss.
"""

import numpy as np


def unbroadcast(grad, shape):
    in_front = grad.ndim - len(shape)
    stretched = tuple(in_front + axis for axis, length in enumerate(shape) if length == 1)
    return grad.sum(axis=(*range(in_front), *stretched), keepdims=True).reshape(shape)
