"""Right answers, written differently: none may be rejected."""

from math import exp

import numpy as np


# %% one-hot: a comparison instead of indices
def cross_entropy_gradient(logits, target):
    below = logits - logits.max(axis=1)[:, None]
    probabilities = np.exp(below - np.log(np.exp(below).sum(axis=1))[:, None])
    return (probabilities - (np.arange(logits.shape[1]) == target[:, None])) / logits.shape[0]


# %% rows: one at a time, in plain Python
def cross_entropy_gradient(logits, target):
    gradient = []
    for row, label in zip(logits.tolist(), target.tolist()):
        terms = [exp(one - max(row)) for one in row]
        gradient.append([(term / sum(terms) - (c == label)) / len(target) for c, term in enumerate(terms)])
    return np.array(gradient)


# %% chain: backward through the logarithm, the mean and the softmax, one after the other
def cross_entropy_gradient(logits, target):
    n, c = logits.shape
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = exponentials / exponentials.sum(axis=1, keepdims=True)
    dlog = np.zeros((n, c))
    np.put_along_axis(dlog, target[:, None], -1 / n, axis=1)  # gradient of the mean of -log p[target]
    return dlog - p * dlog.sum(axis=1, keepdims=True)  # gradient through log_softmax


# %% add-at: the ones are subtracted in a loop
def cross_entropy_gradient(logits, target):
    shifted = np.exp(logits - np.amax(logits, 1, keepdims=True))
    gradient = shifted / (len(logits) * np.sum(shifted, 1, keepdims=True))
    for n, label in enumerate(target):
        gradient[n, label] -= 1 / len(logits)
    return gradient
