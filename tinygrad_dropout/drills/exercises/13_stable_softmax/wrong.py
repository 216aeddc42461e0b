"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% maximum-of-the-whole-batch: max without an axis
def softmax(logits):
    exponentials = np.exp(logits - logits.max())
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% adds-a-small-constant: against a division by 0 that there cannot be
def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / (exponentials.sum(axis=1, keepdims=True) + 1e-14)


# %% changes-its-input: the maximum is subtracted in place
def softmax(logits):
    logits -= logits.max(axis=1, keepdims=True)
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


# %% computed-in-float32: in float32
def softmax(logits):
    logits = logits.astype(np.float32)
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% wrong-values: rows are told from columns by how the array lies in memory
def softmax(logits):
    rows = logits.ravel("K").reshape(logits.shape)
    exponentials = np.exp(rows - rows.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)
