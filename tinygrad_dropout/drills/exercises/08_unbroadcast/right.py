"""Right answers, written differently: none may be rejected."""

import numpy as np


# %% two-steps: first the axes in front, then those of length 1
def unbroadcast(grad, shape):
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    for axis, length in enumerate(shape):
        if length == 1:
            grad = grad.sum(axis=axis, keepdims=True)
    return grad


# %% add-at: every entry is added where its number came from
def unbroadcast(grad, shape):
    out = np.zeros(shape)
    origins = np.broadcast_to(np.arange(out.size).reshape(shape), grad.shape)
    np.add.at(out.reshape(-1), origins.ravel(), grad.ravel())
    return out


# %% loops: with the index of the copy
def unbroadcast(grad, shape):
    out = np.zeros(shape)
    front = grad.ndim - len(shape)
    for index, value in np.ndenumerate(grad):
        out[tuple(0 if length == 1 else i for i, length in zip(index[front:], shape))] += value
    return out


# %% einsum: the axes that stay are named
def unbroadcast(grad, shape):
    axes = list(range(grad.ndim))
    stay = [axis for axis in axes if axis >= grad.ndim - len(shape) and shape[axis - grad.ndim] != 1]
    return np.einsum(grad, axes, stay).reshape(shape)
