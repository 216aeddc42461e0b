"""Right answers, written differently: none may be rejected."""

from functools import reduce

import numpy as np


# %% einsum: one dot product for each row
def softmax_backward(grad, y):
    return y * (grad - np.einsum("...c,...c->...", grad, y)[..., None])


# %% log-softmax: first dL/d ln y, then backward through log_softmax
def softmax_backward(grad, y):
    dlog = grad * y
    return dlog - y * dlog.sum(-1, keepdims=True)


# %% rows: one at a time, whatever the number of axes
def softmax_backward(grad, y):
    dx = np.empty(y.shape, y.dtype)
    for index in np.ndindex(y.shape[:-1]):
        dx[index] = y[index] * (grad[index] - np.dot(grad[index], y[index]))
    return dx


# %% recursion: down to one row
def softmax_backward(grad, y):
    if y.ndim > 1:
        return np.stack([softmax_backward(g, p) for g, p in zip(grad, y)])
    return np.array(
        [p * (g - reduce(lambda total, pair: total + pair[0] * pair[1], zip(grad, y), 0.0)) for g, p in zip(grad, y)],
        dtype=y.dtype,
    )


# %% shifted: grad relative to the grad of the likeliest class, which makes the mean small
def softmax_backward(grad, y):
    top = np.take_along_axis(grad, y.argmax(axis=-1)[..., None], axis=-1)
    relative = grad - top
    masked = y.any(axis=-1, keepdims=True)
    return y * (relative - np.matmul(relative[..., None, :], y[..., :, None])[..., 0]) * masked


# %% in-place: on copies, with the last axis moved to the front
def softmax_backward(grad, y):
    g, p = (np.moveaxis(one, -1, 0).copy() for one in (grad, y))
    g -= (g * p).sum(axis=0)
    np.multiply(g, p, out=g)
    return np.moveaxis(g, 0, -1)
