"""Softmax without overflow.

exp(x) overflows beyond 709. But a softmax does not change if you subtract a number m from all logits of a row, since
the factor exp(-m) stands above and below and cancels:

    exp(x_c - m) / sum_d exp(x_d - m) = exp(-m) exp(x_c) / (exp(-m) sum_d exp(x_d)) = softmax(x)_c

With m the largest logit OF THE ROW all exponents are at most 0, so nothing overflows; and one of them is exactly 0, so
the sum is at least 1 and nothing is divided by 0. With the largest of the whole batch the first is true but the second
is not: a row that lies far below it becomes 0/0. (Goodfellow, Bengio and Courville 2016, section 4.1.)
"""

import numpy as np


def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)
