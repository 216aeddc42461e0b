"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% overflows: the formula as it stands
def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


# %% maximum-of-the-whole-batch: max without an axis
def softmax(logits):
    exponentials = np.exp(logits - logits.max())
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% shifted-by-the-mean: mean for max
def softmax(logits):
    exponentials = np.exp(logits - logits.mean(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% sums-over-the-whole-batch: sum without an axis
def softmax(logits):
    exponentials = np.exp(logits - logits.max())
    return exponentials / exponentials.sum()


# %% sums-over-the-batch-axis: axis 0
def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=0))
    return exponentials / exponentials.sum(axis=0)


# %% adds-a-small-constant: against a division by 0 that there cannot be
def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / (exponentials.sum(axis=1, keepdims=True) + 1e-8)


# %% clips-the-logits: against the overflow
def softmax(logits):
    exponentials = np.exp(np.clip(logits, -500, 500))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% changes-its-input: the maximum is taken away in place
def softmax(logits):
    logits -= logits.max(axis=1, keepdims=True)
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


# %% axis-not-kept: keepdims is forgotten
def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=1))
    return exponentials / exponentials.sum(axis=1)


# %% not-normalised: the division is forgotten
def softmax(logits):
    return np.exp(logits - logits.max(axis=1, keepdims=True))


# %% maximum-of-the-columns: axis 0 for the maximum alone
def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=0, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% computed-in-float32: in float32
def softmax(logits):
    logits = logits.astype(np.float32)
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% shifts-rows-and-sums-the-batch: a sum without an axis
def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum()
