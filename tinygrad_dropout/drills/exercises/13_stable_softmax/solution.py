"""Softmax without overflow.

exp(x) overflows if x is above 709. But a softmax does not change if you subtract a number m from all logits of a row,
because the factor exp(-m) is in the numerator and in the denominator, and cancels:

    exp(x_c - m) / sum_d exp(x_d - m) = exp(-m) exp(x_c) / (exp(-m) sum_d exp(x_d)) = softmax(x)_c

If m is the largest logit OF THE ROW, all exponents are at most 0, so nothing overflows; and one of them is exactly 0,
so the sum is at least 1 and nothing is divided by 0. If m is the largest logit of the whole batch, nothing overflows
either, but a row far below it becomes 0/0. (Goodfellow, Bengio and Courville 2016, section 4.1.)
"""

import numpy as np


def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)
