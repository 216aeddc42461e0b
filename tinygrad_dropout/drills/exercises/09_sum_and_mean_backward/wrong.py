"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% axis-not-put-back: broadcast without the axis
def reduction_backward(kind, grad, shape, axis, keepdims):
    if kind == "mean":
        grad = grad * (grad.size / np.prod(shape))
    return np.ones(shape) * grad


# %% mean-not-divided: the rule of the sum for both
def reduction_backward(kind, grad, shape, axis, keepdims):
    if axis is not None and not keepdims:
        grad = np.expand_dims(grad, axis)
    return np.ones(shape) * grad


# %% sum-divided: the rule of the mean for both
def reduction_backward(kind, grad, shape, axis, keepdims):
    if axis is not None and not keepdims:
        grad = np.expand_dims(grad, axis)
    return np.ones(shape) * grad * grad.size / np.prod(shape)


# %% divided-by-all-elements: x.size for the number that goes into one y
def reduction_backward(kind, grad, shape, axis, keepdims):
    if axis is not None and not keepdims:
        grad = np.expand_dims(grad, axis)
    dx = np.ones(shape) * grad
    return dx / dx.size if kind == "mean" else dx


# %% divided-by-the-first-axis: shape[0] is taken for N
def reduction_backward(kind, grad, shape, axis, keepdims):
    if axis is not None and not keepdims:
        grad = np.expand_dims(grad, axis)
    dx = np.ones(shape) * grad
    return dx / shape[0] if kind == "mean" else dx


# %% divided-by-one-axis-alone: the first one of a tuple
def reduction_backward(kind, grad, shape, axis, keepdims):
    if axis is not None and not keepdims:
        grad = np.expand_dims(grad, axis)
    dx = np.ones(shape) * grad
    if kind == "mean":
        dx /= dx.size if axis is None else shape[axis[0] if isinstance(axis, tuple) else axis]
    return dx


# %% upstream-ignored: ones
def reduction_backward(kind, grad, shape, axis, keepdims):
    return np.ones(shape) * (grad.size / np.prod(shape) if kind == "mean" else 1)


# %% gradient-not-repeated: in the shape of y
def reduction_backward(kind, grad, shape, axis, keepdims):
    return grad * (grad.size / np.prod(shape)) if kind == "mean" else grad


# %% kept-axes-put-back-again: an axis that was kept is put back again
def reduction_backward(kind, grad, shape, axis, keepdims):
    if axis is None:
        axis = tuple(range(len(shape)))
    dx = np.broadcast_to(np.expand_dims(grad, axis), shape)
    return dx * grad.size / dx.size if kind == "mean" else dx
