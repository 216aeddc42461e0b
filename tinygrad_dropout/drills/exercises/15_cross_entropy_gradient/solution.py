"""The gradient of softmax and cross-entropy in one.

For one row with the correct class t, the loss is ln sum_d exp(x_d) - x_t. The derivative of the first term is the
softmax, and the derivative of the second term is 1 at the correct class:

    d/dx_c  ln sum_d exp(x_d) = exp(x_c) / sum_d exp(x_d) = p_c
    d/dx_c  x_t               = 1 if c = t, else 0

so the gradient of one loss is p - onehot(t), and the gradient of L, the mean of N such losses, is (p - onehot(t)) / N.
Each row sums to 0, because p and the one-hot vector both sum to 1: raising all logits by the same amount changes
nothing. The row's largest logit is subtracted before the softmax, so that no exponential overflows.
"""

import numpy as np


def cross_entropy_gradient(logits, target):
    gradient = np.exp(logits - logits.max(axis=1, keepdims=True))
    gradient /= gradient.sum(axis=1, keepdims=True)
    gradient[np.arange(len(target)), target] -= 1
    return gradient / len(target)
