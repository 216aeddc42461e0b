"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


def log_sum_exp(x, axis):
    highest = x.max(axis=axis, keepdims=True)
    shift = np.where(np.isfinite(highest), highest, 0.0)
    return np.log(np.exp(x - shift).sum(axis=axis)) + shift.squeeze(axis)


def softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def sigmoid(z):
    return np.exp(-softplus(-z))


def loss(z, t):
    return (t * softplus(-z) + (1 - t) * softplus(z)).mean()


def gradient(z, t):
    return ((1 - t) * sigmoid(z) - t * sigmoid(-z)) / z.size


def bce_with_logits(logits, target):
    return loss(logits, target), gradient(logits, target)


# %% overflows: the formula as written
def log_sum_exp(x, axis):
    return np.log(np.exp(x).sum(axis=axis))


# %% all-masked-is-nan: the maximum may be -inf
def log_sum_exp(x, axis):
    highest = x.max(axis=axis, keepdims=True)
    return (highest + np.log(np.exp(x - highest).sum(axis=axis, keepdims=True))).squeeze(axis)


# %% all-masked-is-finite: NaN is replaced by a number
def log_sum_exp(x, axis):
    highest = x.max(axis=axis)
    return np.nan_to_num(highest + np.log(np.exp(x - np.expand_dims(highest, axis)).sum(axis=axis)))


# %% wrong-shape: squeeze without an axis removes all axes of length 1
def log_sum_exp(x, axis):
    highest = x.max(axis=axis, keepdims=True)
    shift = np.where(np.isfinite(highest), highest, 0.0)
    return np.squeeze(np.log(np.exp(x - shift).sum(axis=axis, keepdims=True)) + shift)


# %% part-not-written: the second function has no body
def bce_with_logits(logits, target):
    raise NotImplementedError


# %% logarithm-of-0: a sigmoid, then two logarithms
def bce_with_logits(logits, target):
    s = 1 / (1 + np.exp(-logits))
    return -(target * np.log(s) + (1 - target) * np.log(1 - s)).mean(), gradient(logits, target)


# %% loss-bounded: the probability is clipped
def bce_with_logits(logits, target):
    s = np.clip(1 / (1 + np.exp(-logits)), 1e-12, 1 - 1e-12)
    return -(target * np.log(s) + (1 - target) * np.log(1 - s)).mean(), gradient(logits, target)


# %% loss-loses-its-digits: log(1 + e) instead of log1p(e)
def bce_with_logits(logits, target):
    losses = np.maximum(logits, 0) - logits * target + np.log(1 + np.exp(-np.abs(logits)))
    return losses.mean(), gradient(logits, target)


# %% gradient-loses-its-digits: s - t, as simplified on paper
def bce_with_logits(logits, target):
    return loss(logits, target), (sigmoid(logits) - target) / logits.size


# %% changes-its-input: the exponentials are written into the logits
def bce_with_logits(logits, target):
    result = loss(logits, target), gradient(logits, target)
    np.exp(logits, out=logits)
    return result


# %% wrong-number-of-values: the gradient is forgotten
def bce_with_logits(logits, target):
    return loss(logits, target)


# %% forbidden-name: NumPy has the answer
def log_sum_exp(x, axis):
    return np.logaddexp.reduce(x, axis=axis)
