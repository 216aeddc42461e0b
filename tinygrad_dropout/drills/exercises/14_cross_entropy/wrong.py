"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% logarithm-of-0: softmax first, then the logarithm
def cross_entropy(logits, target):
    return -np.log(softmax(logits)[np.arange(len(target)), target]).mean()


# %% constant-bounds-the-loss: + eps to avoid log(0)
def cross_entropy(logits, target):
    return -np.log(softmax(logits)[np.arange(len(target)), target] + 1e-20).mean()


# %% adds-a-constant-to-the-sum: to avoid a logarithm of 0 that cannot happen
def cross_entropy(logits, target):
    below = logits - logits.max(axis=1, keepdims=True)
    return (np.log(np.exp(below).sum(axis=1) + 1e-14) - below[np.arange(len(target)), target]).mean()


# %% raises: counts classes from the end, with a dtype that may be unsigned
def cross_entropy(logits, target):
    below = logits - logits.max(axis=1, keepdims=True)
    from_the_end = target - np.full(target.shape, logits.shape[1], dtype=target.dtype)
    return (np.log(np.exp(below).sum(axis=1)) - below[np.arange(len(target)), from_the_end]).mean()


# %% inexact: the logits are made float32
def cross_entropy(logits, target):
    below = (logits - logits.max(axis=1, keepdims=True)).astype(np.float32)
    return float((np.log(np.exp(below).sum(axis=1)) - below[np.arange(len(target)), target]).astype(np.float64).mean())


# %% forbidden-name: NumPy's own log-sum-exp
def cross_entropy(logits, target):
    return (np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(target)), target]).mean()
