"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% backward-is-the-identity: the gradient is passed on unchanged
def dropout_backward(grad, mask, p):
    return grad.copy()


# %% backward-forgets-the-scale: only the mask
def dropout_backward(grad, mask, p):
    return grad * mask


# %% backward-forgets-the-mask: only the scale
def dropout_backward(grad, mask, p):
    return grad / (1 - p)


# %% backward-scales-twice: divides by 1 - p twice
def dropout_backward(grad, mask, p):
    return grad * mask / (1 - p) / (1 - p)


# %% backward-scales-by-1/p: p is treated as the probability of keeping
def dropout_backward(grad, mask, p):
    return grad * mask / p


# %% backward-scales-by-1-p: multiplies instead of dividing
def dropout_backward(grad, mask, p):
    return grad * mask * (1 - p)


# %% backward-uses-another-mask: draws its own mask
def dropout_backward(grad, mask, p):
    return grad * (np.random.random(grad.shape) >= p) / (1 - p)


# %% backward-inverts-the-mask: True is treated as dropped
def dropout_backward(grad, mask, p):
    return grad * ~mask / (1 - p)


# %% backward-ignores-g: only the local slope
def dropout_backward(grad, mask, p):
    return mask.astype(grad.dtype) / (1 - p)


# %% changes-its-input: it works in place
def dropout_backward(grad, mask, p):
    grad[~mask] = 0
    grad /= 1 - p
    return grad


# %% backward-changes-the-dtype: mask / (1 - p) is a float64 array
def dropout_backward(grad, mask, p):
    return grad * (mask / (1 - p))


# %% backward-scales-by-the-realized-rate: divides by the fraction that was actually kept
def dropout_backward(grad, mask, p):
    return grad * mask / grad.dtype.type(mask.mean())


# %% wrong-shape: only the kept elements
def dropout_backward(grad, mask, p):
    return grad[mask] / (1 - p)


# %% uses-an-earlier-mask: the first mask is remembered
seen = {}


def dropout_backward(grad, mask, p):
    return grad * seen.setdefault(mask.shape, mask) / (1 - p)


# %% backward-passes-where-dropped: the gradients of dropped units are passed on
def dropout_backward(grad, mask, p):
    return np.where(mask, grad / (1 - p), grad)


# %% backward-subtracts-p: mask / 1 - p
def dropout_backward(grad, mask, p):
    return grad * (mask / 1 - p)


# %% backward-averages: 1/N
def dropout_backward(grad, mask, p):
    return grad * mask / (1 - p) / len(grad)


# %% wrong-for-another-layout: for a transposed array, a flat copy is changed
def dropout_backward(grad, mask, p):
    dx = np.divide(grad, 1 - p, order="K")
    if dx.ndim:
        dx.ravel()[~mask.ravel()] = 0
    return dx if dx.ndim else grad * mask / (1 - p)


# %% inexact: a small number in the denominator
def dropout_backward(grad, mask, p):
    return grad * mask / (1 - p + 1e-12)


# %% gradient-is-overwritten: one array for all calls
buffers = {}


def dropout_backward(grad, mask, p):
    buffer = buffers.setdefault((grad.shape, grad.dtype), np.empty(grad.shape, grad.dtype))
    buffer[...] = grad * mask / (1 - p)
    return buffer
