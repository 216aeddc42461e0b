# stage 5
"""ReLU and the loss of a classifier."""

import numpy as np

from framework.tensor import Tensor


def relu(x):
    """max(x, 0); at exactly 0 the gradient is 0."""
    kept = x.data > 0
    return Tensor(np.where(kept, x.data, 0), parents=(x,), rule=lambda g: (g * kept,))


def log_softmax(x):
    """x - log(sum(exp(x))) of every row; the row's largest entry is subtracted first, so that exp cannot overflow.

    One entry's gradient is g - softmax * sum(g): the second term comes from the sum, which every result contains.
    """
    shifted = x.data - x.data.max(axis=-1, keepdims=True)
    result = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    rule = lambda g: (g - np.exp(result) * g.sum(axis=-1, keepdims=True),)
    return Tensor(result, parents=(x,), rule=rule)


def cross_entropy(logits, target):
    """The mean of -log softmax(logits)[target] over the rows. Its gradient is (softmax - one-hot) / N."""
    target = np.asarray(target)
    one_hot = np.zeros_like(logits.data)
    one_hot[np.arange(len(target)), target] = 1
    return (log_softmax(logits) * one_hot).sum() * (-1 / len(target))
