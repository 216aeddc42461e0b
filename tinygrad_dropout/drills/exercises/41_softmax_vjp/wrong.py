"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% diagonal-only: the softmax is treated like a sigmoid
def softmax_backward(grad, y):
    return grad * y * (1 - y)


# %% two-axes-assumed: a loop over rows and columns
def softmax_backward(grad, y):
    n, c = y.shape
    dx = np.empty_like(y)
    for i in range(n):
        dx[i] = y[i] * (grad[i] - grad[i] @ y[i])
    return dx


# %% summed-over-the-wrong-axis: axis 1 is the last one only in a matrix
def softmax_backward(grad, y):
    axis = min(1, y.ndim - 1)
    return y * (grad - (grad * y).sum(axis=axis, keepdims=True))


# %% axis-lost: keepdims is forgotten
def softmax_backward(grad, y):
    return y * (grad - (grad * y).sum(axis=-1))


# %% builds-the-jacobian: one matrix for each row
def softmax_backward(grad, y):
    jacobian = y[..., :, None] * (np.eye(y.shape[-1], dtype=y.dtype) - y[..., None, :])
    return (jacobian @ grad[..., None])[..., 0]


# %% changes-its-input: the product is written into grad
def softmax_backward(grad, y):
    grad -= (grad * y).sum(axis=-1, keepdims=True)
    grad *= y
    return grad


# %% small-constant-in-y: to protect a division that does not exist
def softmax_backward(grad, y):
    y = np.clip(y, 1e-12, 1 - 1e-12)
    return y * (grad - (grad * y).sum(axis=-1, keepdims=True))


# %% changes-the-dtype: through a list of Python floats
def softmax_backward(grad, y):
    dx = []
    for g, p in zip(grad.reshape(-1, y.shape[-1]).tolist(), y.reshape(-1, y.shape[-1]).tolist()):
        mean = sum(a * b for a, b in zip(g, p))
        dx.append([b * (a - mean) for a, b in zip(g, p)])
    return np.array(dx).reshape(y.shape)


# %% normalizes-y-again: in case it does not sum to 1
def softmax_backward(grad, y):
    p = y / y.sum(axis=-1, keepdims=True)
    return p * (grad - (grad * p).sum(axis=-1, keepdims=True))


# %% wrong-values: y is read in memory order
def softmax_backward(grad, y):
    c = y.shape[-1]
    p, g = (np.ravel(one, order="K").reshape(-1, c) for one in (y, grad))
    return (p * (g - (g * p).sum(axis=1, keepdims=True))).reshape(y.shape)
