"""Log-sum-exp and the binary cross-entropy of logits, exact for scores of any size.

If m is the largest score, exp(m) can be taken out of the sum and out of the logarithm:

    ln sum exp(x) = ln(exp(m) sum exp(x - m)) = m + ln sum exp(x - m)

No exponent is above 0 and one of them is 0, so the sum is between 1 and the number of scores. If all scores are -inf,
so is m, and -inf - (-inf) is NaN. In that case 0 is subtracted instead, the sum is 0, and its logarithm is -inf.

For the cross-entropy, write softplus(z) = ln(1 + exp(z)). Because 1 - s(z) = s(-z), the loss of one element needs no
difference of nearly equal numbers:

    -ln s = softplus(-z),  -ln(1 - s) = softplus(z),  loss = t softplus(-z) + (1 - t) softplus(z)

softplus is a log-sum-exp of 0 and z: max(z, 0) + ln(1 + exp(-|z|)). log1p computes ln(1 + e) without computing 1 + e,
which rounds to 1 for a tiny e.

The derivative of softplus(z) is s(z), so the derivative of the loss is (1 - t) s(z) - t s(-z). On paper that is s - t.
But in floating point s(50) is 1, and 1 - 1 is 0, while s(-50) = 1.9e-22 has all its digits. The loss and the gradient
are divided by the number of elements, because the loss is a mean.
"""

import numpy as np


def log_sum_exp(x, axis):
    highest = x.max(axis=axis, keepdims=True)
    shift = np.where(np.isfinite(highest), highest, 0.0)
    with np.errstate(divide="ignore"):  # ln 0, if all scores are masked
        return np.log(np.exp(x - shift).sum(axis=axis)) + shift.squeeze(axis)


def softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def sigmoid(z):
    small = np.exp(-np.abs(z))
    return np.where(z < 0, small, 1.0) / (1 + small)


def bce_with_logits(logits, target):
    loss = target * softplus(-logits) + (1 - target) * softplus(logits)
    gradient = (1 - target) * sigmoid(logits) - target * sigmoid(-logits)
    return loss.mean(), gradient / logits.size
