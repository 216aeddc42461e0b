"""Right answers, written differently: none may be rejected."""

from math import exp, log

import numpy as np


# %% log-softmax: all log-probabilities, and a one-hot matrix
def cross_entropy(logits, target):
    highest = logits.max(axis=1, keepdims=True)
    log_probabilities = logits - highest - np.log(np.sum(np.exp(logits - highest), axis=1, keepdims=True))
    return -(log_probabilities * np.eye(logits.shape[1])[target]).sum() / len(logits)


# %% pure: one row at a time, in plain Python
def cross_entropy(logits, target):
    total = 0.0
    for row, label in zip(logits.tolist(), target.tolist()):
        highest = max(row)
        total += highest + log(sum(exp(one - highest) for one in row)) - row[label]
    return total / len(target)


# %% differences: relative to the correct class, with a shift by the largest difference
def cross_entropy(logits, target):
    difference = logits - np.take_along_axis(logits, target[:, None], axis=1)
    most = difference.max(axis=1)
    return np.average(most + np.log(np.exp(difference - most[:, None]).sum(axis=1)))
