"""Right answers, written differently: none may be rejected."""

import math

import numpy as np


# %% loops: one query at a time
def attention(query, key, value, mask):
    *leading, queries, features = query.shape
    keys, outputs = key.shape[-2], value.shape[-1]
    allowed = np.ones((queries, keys), dtype=bool) if mask is None else mask
    allowed = np.broadcast_to(allowed, (*leading, queries, keys))
    output = np.zeros((*leading, queries, outputs), dtype=query.dtype)
    for place in np.ndindex(*leading, queries):
        which = [j for j in range(keys) if allowed[place][j]]
        if not which:
            continue
        rows, sums = key[place[:-1]][which], value[place[:-1]][which]
        scores = [float(query[place] @ row) / math.sqrt(features) for row in rows]
        top = max(scores)
        weights = np.array([math.exp(score - top) for score in scores])
        output[place] = (weights / weights.sum()) @ sums
    return output


# %% einsum: the scale in the query, and where= in the reductions
def attention(query, key, value, mask):
    scores = np.einsum("...qd,...kd->...qk", query * query.shape[-1] ** -0.5, key)
    allowed = np.broadcast_to(True if mask is None else np.asarray(mask, dtype=bool), scores.shape)
    top = np.max(scores, axis=-1, keepdims=True, where=allowed, initial=np.finfo(scores.dtype).min)
    e = np.zeros_like(scores)
    np.exp(scores - top, out=e, where=allowed)
    total = np.add.reduce(e, axis=-1, keepdims=True)
    return np.einsum("...qk,...kv->...qv", np.divide(e, total, out=e, where=total > 0), value)


# %% masked-array: nan_to_num for the empty rows
def attention(query, key, value, mask):
    def softmax(x):
        with np.errstate(all="ignore"):
            e = np.exp(x - x.max(-1, keepdims=True))
            return np.nan_to_num(e / e.sum(-1, keepdims=True))

    bias = 0 if mask is None else np.log(np.asarray(mask, dtype=query.dtype))
    moved = np.moveaxis(key, -1, -2)
    return np.matmul(softmax(np.matmul(query, moved) / np.float32(1) / math.sqrt(query.shape[-1]) + bias), value)
