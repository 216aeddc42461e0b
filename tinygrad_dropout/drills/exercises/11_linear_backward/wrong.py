"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% weight-gradient-transposed: x.T @ grad instead of grad.T @ x
def linear_backward(grad, x, weight):
    return grad @ weight, x.T @ grad, grad.sum(axis=0)


# %% weight-gradient-transposed-if-it-fits: the transpose is chosen by its shape
def linear_backward(grad, x, weight):
    dweight = x.T @ grad
    return grad @ weight, dweight if dweight.shape == weight.shape else dweight.T, grad.sum(axis=0)


# %% bias-gradient-averaged: the mean over the batch
def linear_backward(grad, x, weight):
    return grad @ weight, grad.T @ x, grad.mean(axis=0)


# %% raises: W is transposed, which it must not be
def linear_backward(grad, x, weight):
    return grad @ weight.T, grad.T @ x, grad.sum(axis=0)


# %% wrong-number-of-values: the bias is forgotten
def linear_backward(grad, x, weight):
    return grad @ weight, grad.T @ x


# %% rounded-to-float32: the product is computed in float32
def linear_backward(grad, x, weight):
    return grad @ weight, (grad.T.astype(np.float32) @ x.astype(np.float32)).astype(np.float64), grad.sum(axis=0)


# %% wrong-values: large gradients are clipped
def linear_backward(grad, x, weight):
    grad = np.clip(grad, -100, 100)
    return grad @ weight, grad.T @ x, grad.sum(axis=0)
