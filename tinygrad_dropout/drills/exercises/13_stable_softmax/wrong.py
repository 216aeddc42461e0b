"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% maximum-of-the-whole-batch: max without an axis
def softmax(logits):
    exponentials = np.exp(logits - logits.max())
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% adds-a-small-constant: to avoid a division by 0 that cannot happen
def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / (exponentials.sum(axis=1, keepdims=True) + 1e-14)


# %% changes-its-input: the maximum is subtracted in place
def softmax(logits):
    logits -= logits.max(axis=1, keepdims=True)
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


# %% computed-in-float32: the logits are made float32
def softmax(logits):
    logits = logits.astype(np.float32)
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% wrong-values: the memory order decides which numbers form a row
def softmax(logits):
    rows = logits.ravel("K").reshape(logits.shape)
    exponentials = np.exp(rows - rows.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)
