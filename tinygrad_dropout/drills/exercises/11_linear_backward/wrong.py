"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% weight-gradient-transposed: x' grad for grad' x
def linear_backward(grad, x, weight):
    return grad @ weight, x.T @ grad, grad.sum(axis=0)


# %% weight-gradient-averaged: divides by N although grad has the 1/N
def linear_backward(grad, x, weight):
    return grad @ weight, grad.T @ x / len(x), grad.sum(axis=0)


# %% bias-gradient-averaged: the mean over the batch
def linear_backward(grad, x, weight):
    return grad @ weight, grad.T @ x, grad.mean(axis=0)


# %% bias-gradient-unsummed: one row for each example
def linear_backward(grad, x, weight):
    return grad @ weight, grad.T @ x, grad


# %% bias-gradient-keeps-the-axis: keepdims
def linear_backward(grad, x, weight):
    return grad @ weight, grad.T @ x, grad.sum(axis=0, keepdims=True)


# %% bias-gradient-over-the-wrong-axis: the outputs are summed over
def linear_backward(grad, x, weight):
    return grad @ weight, grad.T @ x, grad.sum(axis=1)


# %% bias-gradient-summed-to-one-number: no axis
def linear_backward(grad, x, weight):
    return grad @ weight, grad.T @ x, grad.sum()


# %% weight-gradient-reshaped: reshape for a transpose
def linear_backward(grad, x, weight):
    return grad @ weight, (x.T @ grad).reshape(weight.shape), grad.sum(axis=0)


# %% input-gradient-averaged: dx divided by N
def linear_backward(grad, x, weight):
    return grad @ weight / len(x), grad.T @ x, grad.sum(axis=0)


# %% raises: W transposed where it must not be
def linear_backward(grad, x, weight):
    return grad @ weight.T, grad.T @ x, grad.sum(axis=0)


# %% wrong-number-of-values: the bias is forgotten
def linear_backward(grad, x, weight):
    return grad @ weight, grad.T @ x
