"""Right answers, written differently: none may be rejected."""

import numpy as np


# %% shape-of-ones: the kept shape is computed, and grad is reshaped to it
def reduction_backward(kind, grad, shape, axis, keepdims):
    axes = range(len(shape)) if axis is None else [axis] if isinstance(axis, int) else axis
    axes = {one % len(shape) for one in axes}
    kept = [1 if i in axes else length for i, length in enumerate(shape)]
    n = np.prod([shape[i] for i in axes]) if kind == "mean" else 1
    return grad.reshape(kept) * np.ones(shape) / n


# %% borrowed: NumPy's own sum says which index goes where
def reduction_backward(kind, grad, shape, axis, keepdims):
    like = np.zeros(shape).sum(axis=axis, keepdims=True)
    dx = np.zeros(shape)
    dx += np.reshape(grad, like.shape)
    if kind == "mean":
        dx *= like.size / dx.size
    return dx


# %% elements: one at a time
def reduction_backward(kind, grad, shape, axis, keepdims):
    axes = [i for i in range(len(shape))] if axis is None else np.atleast_1d(axis).tolist()
    axes = [one if one >= 0 else one + len(shape) for one in axes]
    weight = 1.0
    if kind == "mean":
        for one in axes:
            weight /= shape[one]
    dx = np.empty(shape)
    for index in np.ndindex(*shape):
        if keepdims:
            place = tuple(0 if i in axes else one for i, one in enumerate(index))
        else:
            place = tuple(one for i, one in enumerate(index) if i not in axes)
        dx[index] = grad[place] * weight
    return dx
