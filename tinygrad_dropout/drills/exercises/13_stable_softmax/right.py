"""Right answers, written differently: none may be rejected."""

from math import exp

import numpy as np


# %% logarithms: exp of x minus the logarithm of the sum
def softmax(logits):
    highest = np.max(logits, axis=-1)[:, None]
    return np.exp(logits - highest - np.log(np.sum(np.exp(logits - highest), axis=-1, keepdims=True)))


# %% rows: one at a time, in pure Python
def softmax(logits):
    result = []
    for row in logits.tolist():
        highest = max(row)
        terms = [exp(one - highest) for one in row]
        result.append([term / sum(terms) for term in terms])
    return np.array(result)


# %% ratios: one over the sum of all classes' ratios to this one
def softmax(logits):
    with np.errstate(over="ignore"):
        return 1 / np.exp(logits[:, None, :] - logits[:, :, None]).sum(axis=2)


# %% transposed: classes first, so that nothing needs keepdims
def softmax(logits):
    scores = logits.T - logits.max(axis=1)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=0)
    return scores.T
