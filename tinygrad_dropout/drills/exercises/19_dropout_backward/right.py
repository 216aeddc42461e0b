"""Right answers, written differently: none may be rejected."""

import numpy as np


# %% where: zeros for dropped units
def dropout_backward(grad, mask, p):
    return np.where(mask, grad / (1 - p), np.zeros_like(grad))


# %% written: the kept elements are written into zeros
def dropout_backward(grad, mask, p):
    dx = np.zeros_like(grad)
    dx[mask] = grad[mask] * (1 / (1 - p))
    return dx


# %% loop: element by element, in the dtype of grad
def dropout_backward(grad, mask, p, keep=None):
    keep = 1 - p if keep is None else keep
    values = [g / keep if kept else 0.0 for g, kept in zip(grad.ravel(), mask.ravel())]
    return np.array(values, dtype=grad.dtype).reshape(grad.shape)


# %% in-place-on-a-copy: a copy that is changed
def dropout_backward(grad, mask, p):
    dx = grad.copy()
    dx *= mask
    dx /= 1 - p
    return dx
