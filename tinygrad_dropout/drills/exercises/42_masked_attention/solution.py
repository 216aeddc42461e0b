"""Scaled dot-product attention: a softmax over the keys that a query may attend to.

The scores are s[i, j] = sum_d q[i, d] k[j, d] / sqrt(D). If the entries of q and k are independent with mean 0 and
variance 1, the sum of D products has variance D, so the division makes the variance 1 again. Without it, the softmax
saturates as D grows.

A masked key gets the score minus infinity, whose exponential is exactly 0, so it is neither in the sum of the row nor
in the output. The maximum that is subtracted to avoid overflow is taken over the allowed keys: otherwise a masked key
with a huge score would push all the others to 0. A row without any allowed key has the maximum minus infinity and the
sum 0; both are replaced, so its weights are 0 instead of NaN.
"""

import numpy as np


def attention(query, key, value, mask):
    scores = query @ np.swapaxes(key, -1, -2) / query.dtype.type(np.sqrt(query.shape[-1]))
    if mask is not None:
        scores = np.where(mask, scores, query.dtype.type(-np.inf))
    largest = scores.max(axis=-1, keepdims=True)
    exponentials = np.exp(scores - np.where(np.isfinite(largest), largest, 0))
    total = exponentials.sum(axis=-1, keepdims=True)
    weights = exponentials / np.where(total == 0, 1, total)
    return (weights @ value).astype(query.dtype)
