"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% mean-forgotten: the gradient of the sum
def cross_entropy_gradient(logits, target):
    gradient = softmax(logits)
    gradient[np.arange(len(target)), target] -= 1
    return gradient


# %% changes-its-input: works in the caller's array
def cross_entropy_gradient(logits, target):
    logits -= logits.max(axis=1, keepdims=True)
    gradient = np.exp(logits)
    gradient /= gradient.sum(axis=1, keepdims=True)
    gradient[np.arange(len(target)), target] -= 1
    return gradient / len(target)


# %% divides-by-a-probability-of-0: backward through -ln p, then through the softmax
def cross_entropy_gradient(logits, target):
    p = softmax(logits)
    dp = np.zeros_like(p)
    rows = np.arange(len(target))
    dp[rows, target] = -1 / p[rows, target] / len(target)
    return p * (dp - (dp * p).sum(axis=1, keepdims=True))


# %% measured-not-derived: central differences of the loss
def cross_entropy_gradient(logits, target):
    def loss(x):
        below = x - x.max(axis=1, keepdims=True)
        return (np.log(np.exp(below).sum(axis=1)) - below[np.arange(len(target)), target]).mean()

    gradient = np.zeros_like(logits)
    for index in np.ndindex(*logits.shape):
        step = np.zeros_like(logits)
        step[index] = 1e-4
        gradient[index] = (loss(logits + step) - loss(logits - step)) / 2e-4
    return gradient


# %% no-gradient-where-p-is-0: a lower limit for p, then back through the softmax
def cross_entropy_gradient(logits, target):
    p = softmax(logits)
    dp = np.zeros_like(p)
    rows = np.arange(len(target))
    dp[rows, target] = -1 / np.maximum(p[rows, target], 1e-12) / len(target)
    return p * (dp - (dp * p).sum(axis=1, keepdims=True))


# %% computed-in-float32: the softmax is made float32
def cross_entropy_gradient(logits, target):
    gradient = softmax(logits).astype(np.float32)
    gradient[np.arange(len(target)), target] -= 1
    return gradient / np.float32(len(target))


# %% list-for-an-array: rows of Python numbers
def cross_entropy_gradient(logits, target):
    gradient = softmax(logits)
    gradient[np.arange(len(target)), target] -= 1
    return (gradient / len(target)).tolist()
