"""Right answers, written differently: none may be rejected."""

import numpy as np


# %% four-cases: each one spelled out
def matmul_backward(grad, x, y):
    if x.ndim == 1 and y.ndim == 1:
        return grad * y, grad * x
    if x.ndim == 1:
        return y @ grad, np.outer(x, grad)
    if y.ndim == 1:
        return grad[:, None] * y, x.T @ grad
    return grad @ y.T, x.T @ grad


# %% einsum: the letters say it all
def matmul_backward(grad, x, y):
    left, right = "ik"[-x.ndim :] if x.ndim == 2 else "k", "kj"[: y.ndim]
    out = left.replace("k", "") + right.replace("k", "")
    return [np.einsum(f"{out},{right}->{left}", grad, y), np.einsum(f"{out},{left}->{right}", grad, x)]


# %% loops: every product that is part of the result
def matmul_backward(grad, x, y):
    rows = x if x.ndim == 2 else x[np.newaxis]
    columns = y if y.ndim == 2 else y[:, np.newaxis]
    above = np.asarray(grad).reshape(rows.shape[0], columns.shape[1])
    dx, dy = np.zeros_like(rows), np.zeros_like(columns)
    for (i, j), g in np.ndenumerate(above):
        for k in range(len(columns)):
            dx[i, k] += g * columns[k, j]
            dy[k, j] += g * rows[i, k]
    return dx.reshape(x.shape), dy.reshape(y.shape)
