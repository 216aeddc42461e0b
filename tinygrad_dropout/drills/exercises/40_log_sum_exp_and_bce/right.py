"""Right answers, written differently: none may be rejected."""

import math

import numpy as np


# %% python: one number at a time
def log_sum_exp(x, axis):
    def of_row(row):
        highest = max(row)
        if highest == -math.inf:
            return highest
        return highest + math.log(math.fsum(math.exp(one - highest) for one in row))

    return np.apply_along_axis(lambda row: of_row(row.tolist()), axis, x)


def bce_with_logits(logits, target):
    total, slopes = 0.0, []
    for z, t in zip(logits.ravel().tolist(), target.ravel().tolist()):
        e = math.exp(-abs(z))
        likely, unlikely = 1 / (1 + e), e / (1 + e)
        s, other = (likely, unlikely) if z > 0 else (unlikely, likely)
        total += math.log1p(e) + (t * max(-z, 0.0) + (1 - t) * max(z, 0.0))
        slopes.append(((1 - t) * s - t * other) / logits.size)
    return total / logits.size, np.array(slopes).reshape(logits.shape)


# %% one-function: the softplus is a log_sum_exp, with the largest term taken out of the sum
def log_sum_exp(x, axis=-1):
    ordered = np.sort(np.moveaxis(np.asarray(x, dtype=float), axis, -1), axis=-1)
    highest = ordered[..., -1]
    below = np.exp(ordered[..., :-1] - np.where(highest == -np.inf, 0.0, highest)[..., None])
    return highest + np.log1p(below.sum(axis=-1))


def bce_with_logits(logits, target):
    zero = np.zeros_like(logits)
    yes, no = (log_sum_exp(np.stack([zero, z])[::1], 0) for z in (-logits, logits))
    gradient = (1 - target) * np.exp(logits - no) - target * np.exp(-logits - yes)
    return np.average(target * yes + (1 - target) * no), gradient / max(1, logits.size)


# %% signs: both signs of z, chosen with masks
def log_sum_exp(x, axis):
    shift = np.nan_to_num(x.max(axis=axis, keepdims=True), neginf=0.0)
    total = np.sum(np.exp(x - shift), axis=axis, keepdims=True)
    result = np.full(total.shape, -np.inf)
    np.log(total, out=result, where=total > 0)
    return np.take(result + shift, 0, axis=axis)


def bce_with_logits(logits, target):
    e = np.exp(-np.abs(logits))
    s = np.where(logits >= 0, 1, e) / (1 + e)
    other = np.where(logits >= 0, e, 1) / (1 + e)
    losses = np.log1p(e) + (1 - target) * logits.clip(min=0) - target * logits.clip(max=0)
    return losses.sum() / losses.size, (s * (1 - target) - other * target) / losses.size


# %% tensorflow: max(z, 0) - z t + log1p(exp(-|z|)), which is exact for targets of 0 and 1
def log_sum_exp(x, axis):
    with np.errstate(all="ignore"):
        m = np.amax(x, axis, keepdims=True)
        return np.where(np.isneginf(m), m, m + np.log(np.exp(x - m).sum(axis, keepdims=True))).squeeze(axis)


def bce_with_logits(logits, target):
    losses = np.maximum(logits, 0) - logits * target + np.log1p(np.exp(-np.abs(logits)))
    with np.errstate(over="ignore"):
        return np.mean(losses), ((1 - target) / (1 + np.exp(-logits)) - target / (1 + np.exp(logits))) / losses.size
