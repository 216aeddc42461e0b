"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% axis-of-length-1-lost: without keepdims
def unbroadcast(grad, shape):
    front = grad.ndim - len(shape)
    grad = grad.sum(axis=tuple(range(front)))
    return grad.sum(axis=tuple(axis for axis, length in enumerate(shape) if length == 1))


# %% raises: reshape instead of a sum
def unbroadcast(grad, shape):
    return grad.reshape(shape)


# %% counts-axes-from-the-left: the shift by the axes in front is forgotten
def unbroadcast(grad, shape):
    for axis, length in enumerate(shape):
        if length == 1:
            grad = grad.sum(axis=axis, keepdims=True)
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    return grad


# %% wrong-values: the sum of no copies is 1
def unbroadcast(grad, shape):
    if not grad.size:
        return np.ones(shape)
    front = grad.ndim - len(shape)
    axes = [axis for axis in range(grad.ndim) if axis < front or shape[axis - front] == 1]
    return grad.sum(axis=tuple(axes), keepdims=True).reshape(shape)


# %% changes-its-input: the copies are added up in grad itself
def unbroadcast(grad, shape):
    while grad.ndim > len(shape):
        for copy in grad[1:]:
            grad[0] += copy
        grad = grad[0] if len(grad) else np.zeros(grad.shape[1:])
    for axis, length in enumerate(shape):
        if length == 1:
            grad = grad.sum(axis=axis, keepdims=True)
    return grad
