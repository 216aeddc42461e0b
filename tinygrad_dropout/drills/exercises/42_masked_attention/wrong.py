"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


def softmax(scores):
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def scores_of(query, key):
    return query @ np.swapaxes(key, -1, -2) / query.dtype.type(np.sqrt(query.shape[-1]))


# %% raises: .T reverses all axes
def attention(query, key, value, mask):
    scores = query @ key.T / np.sqrt(query.shape[-1])
    return softmax(scores if mask is None else np.where(mask, scores, -np.inf)) @ value


# %% mean-of-all-values-for-no-key: the lowest finite number instead of minus infinity
def attention(query, key, value, mask):
    scores = scores_of(query, key)
    lowest = query.dtype.type(np.finfo(query.dtype).min)
    return softmax(scores if mask is None else np.where(mask, scores, lowest)) @ value


# %% nan-for-no-key: infinity minus infinity
def attention(query, key, value, mask):
    scores = scores_of(query, key)
    return softmax(scores if mask is None else np.where(mask, scores, -np.inf)) @ value


# %% maximum-of-masked-keys: softmax over all keys, then renormalized
def attention(query, key, value, mask):
    weights = softmax(scores_of(query, key))
    if mask is not None:
        weights = weights * mask
        weights = weights / weights.sum(axis=-1, keepdims=True)
    return weights @ value


# %% finite-instead-of-minus-infinity: -1e4 is added to masked scores
def attention(query, key, value, mask):
    scores = scores_of(query, key)
    return softmax(scores if mask is None else np.where(mask, scores, scores - 1e4)) @ value


# %% changes-the-dtype: float64 for float32 inputs
def attention(query, key, value, mask):
    scores = query @ np.swapaxes(key, -1, -2) / np.sqrt(np.array([query.shape[-1]], dtype=np.float64))
    scores = scores if mask is None else np.where(mask, scores, -np.inf)
    top = scores.max(-1, keepdims=True)
    e = np.exp(scores - np.where(np.isfinite(top), top, 0))
    total = e.sum(-1, keepdims=True)
    return e / np.where(total > 0, total, 1) @ value


# %% inexact: a small constant in the sum
def attention(query, key, value, mask):
    scores = scores_of(query, key)
    scores = scores if mask is None else np.where(mask, scores, query.dtype.type(-np.inf))
    top = scores.max(-1, keepdims=True)
    e = np.exp(scores - np.where(np.isfinite(top), top, 0))
    return e / (e.sum(-1, keepdims=True) + query.dtype.type(1e-9)) @ value
