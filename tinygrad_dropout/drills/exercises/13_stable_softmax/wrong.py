"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% overflows: the formula as it stands
def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


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


# %% axis-not-kept: keepdims is forgotten
def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=1))
    return exponentials / exponentials.sum(axis=1)


# %% computed-in-float32: in float32
def softmax(logits):
    logits = logits.astype(np.float32)
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% clips-the-exponents: against an underflow that does no harm
def softmax(logits):
    exponentials = np.exp(np.clip(logits - logits.max(axis=1, keepdims=True), -30, 0))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% clips-the-logits: against the overflow
def softmax(logits):
    exponentials = np.exp(np.clip(logits, -500, 500))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# %% wrong-values: rows are told from columns by how the array lies in memory
def softmax(logits):
    rows = logits.ravel("K").reshape(logits.shape)
    exponentials = np.exp(rows - rows.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)
