"""Right answers, written differently: none may be rejected."""

import numpy as np


# %% steps: rows of an identity matrix, and a list that becomes an array
def numeric_gradient(f, x, h=1e-5):
    x = np.asarray(x, dtype=np.float64)
    steps = h * np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([f(x + step) - f(x - step) for step in steps]).reshape(x.shape) / (2 * h)


# %% flat: over the flat copy, with a function for one element
def numeric_gradient(f, x, h=1e-5, dtype=float):
    flat = x.flatten().astype(dtype)

    def value(i, step):
        changed = flat.copy()
        changed[i] += step
        return f(changed.reshape(x.shape))

    slopes = [(value(i, h) - value(i, -h)) / h / 2 for i in range(flat.size)]
    return np.reshape(slopes, x.shape)


# %% in-place: x itself is changed if it is float64, and put back exactly
def numeric_gradient(f, x, h=1e-5):
    moved = x if x.dtype == np.float64 else x.astype(np.float64)
    gradient = np.zeros(moved.shape)
    for i, here in enumerate(moved.ravel().tolist()):
        moved.flat[i] = here + h
        gradient.flat[i] = f(moved)
        moved.flat[i] = here - h
        gradient.flat[i] -= f(moved)
        moved.flat[i] = here
    gradient /= 2 * h
    return gradient
