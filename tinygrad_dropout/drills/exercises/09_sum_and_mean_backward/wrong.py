"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% axis-not-put-back: broadcast without the axis
def reduction_backward(kind, grad, shape, axis, keepdims):
    if kind == "mean":
        grad = grad * (grad.size / np.prod(shape))
    return np.ones(shape) * grad


# %% mean-not-divided: the rule for the sum is used for both
def reduction_backward(kind, grad, shape, axis, keepdims):
    if axis is not None and not keepdims:
        grad = np.expand_dims(grad, axis)
    return np.ones(shape) * grad


# %% kept-axes-put-back-again: an axis that was kept is inserted a second time
def reduction_backward(kind, grad, shape, axis, keepdims):
    if axis is None:
        axis = tuple(range(len(shape)))
    dx = np.broadcast_to(np.expand_dims(grad, axis), shape)
    return dx * grad.size / dx.size if kind == "mean" else dx


# %% raises: an empty tuple is treated as all axes
def reduction_backward(kind, grad, shape, axis, keepdims):
    if axis is None or axis == ():
        axis = tuple(range(len(shape)))
    dx = np.broadcast_to(grad if keepdims else np.expand_dims(grad, axis), shape)
    return dx * grad.size / dx.size if kind == "mean" else dx + 0


# %% changes-the-dtype: a float32 array is filled
def reduction_backward(kind, grad, shape, axis, keepdims):
    if axis is None:
        axis = tuple(range(len(shape)))
    dx = np.zeros(shape, dtype=np.float32)
    dx += grad if keepdims else np.expand_dims(grad, axis)
    return dx * np.float32(grad.size / dx.size) if kind == "mean" else dx
