"""Cross-entropy by way of log-sum-exp.

The logarithm undoes the exponential of the right class:

    -ln p_t = -ln (exp(x_t) / sum_d exp(x_d)) = ln sum_d exp(x_d) - x_t

So p is never computed, and cannot become 0. The sum may still overflow, but with m the largest logit of the row

    ln sum_d exp(x_d) = m + ln sum_d exp(x_d - m)

where all exponents are at most 0 and one of them is 0, so it is the logarithm of a number between 1 and C. To add a
small constant to p would also make log(0) finite, but it bounds the loss: with 1e-12 no loss is above 27.6, and the
gradient vanishes just where the network is most wrong.
"""

import numpy as np


def cross_entropy(logits, target):
    below = logits - logits.max(axis=1, keepdims=True)
    log_sums = np.log(np.exp(below).sum(axis=1))
    return (log_sums - below[np.arange(len(target)), target]).mean()
