"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% gradient-not-summed: handed on as it is
def unbroadcast(grad, shape):
    return grad


# %% axis-of-length-1-lost: without keepdims
def unbroadcast(grad, shape):
    front = grad.ndim - len(shape)
    grad = grad.sum(axis=tuple(range(front)))
    return grad.sum(axis=tuple(axis for axis, length in enumerate(shape) if length == 1))


# %% one-axis-alone: the first axis that differs
def unbroadcast(grad, shape):
    if grad.ndim > len(shape):
        return grad.sum(axis=0)
    for axis, length in enumerate(shape):
        if length != grad.shape[axis]:
            return grad.sum(axis=axis, keepdims=True)
    return grad


# %% stretched-axes-forgotten: only while there are too many axes
def unbroadcast(grad, shape):
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    return grad


# %% axes-in-front-forgotten: only where the length is 1
def unbroadcast(grad, shape):
    front = grad.ndim - len(shape)
    for axis, length in enumerate(shape):
        if length == 1:
            grad = grad.sum(axis=front + axis, keepdims=True)
    return grad


# %% mean-over-the-copies: mean for sum
def unbroadcast(grad, shape):
    front = grad.ndim - len(shape)
    grad = grad.mean(axis=tuple(range(front)))
    return grad.mean(axis=tuple(i for i, length in enumerate(shape) if length == 1), keepdims=True)


# %% one-copy-alone: the first row and column
def unbroadcast(grad, shape):
    while grad.ndim > len(shape):
        grad = grad[0]
    for axis, length in enumerate(shape):
        if length == 1:
            grad = np.take(grad, [0], axis=axis)
    return grad


# %% raises: reshape in place of a sum
def unbroadcast(grad, shape):
    return grad.reshape(shape)


# %% everything-summed: one number for all
def unbroadcast(grad, shape):
    return grad if grad.shape == shape else np.full(shape, grad.sum())


# %% counts-axes-from-the-left: the axes in front shift all others, which is forgotten
def unbroadcast(grad, shape):
    for axis, length in enumerate(shape):
        if length == 1:
            grad = grad.sum(axis=axis, keepdims=True)
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    return grad
