"""Right answers, written differently: none may be rejected."""

import math
from functools import reduce

import numpy as np


# %% hypot: one number at a time
def clip_by_global_norm(grads, max_norm):
    total = reduce(math.hypot, (one for grad in grads for one in grad.astype(float).flat), 0.0)
    if math.isnan(total) or math.isinf(total):
        raise ValueError(f"expected finite gradients, got a norm of {total}")
    if total > max_norm:
        return [grad * grad.dtype.type(max_norm / total) for grad in grads], total
    return [grad.copy() for grad in grads], total


# %% one-vector: concatenated, clipped and split again
def clip_by_global_norm(grads, max_norm):
    vector = np.concatenate([np.zeros(0), *(grad.ravel() for grad in grads)]).astype(np.float64)
    if np.isnan(vector).any() or np.isinf(vector).any():
        raise ValueError("not finite")
    scale = np.max(np.abs(vector), initial=0.0) or 1.0
    total = scale * np.linalg.norm(vector / scale)
    if total <= max_norm:
        return tuple(grads), total
    parts = np.split(vector / total * max_norm, np.cumsum([grad.size for grad in grads])[:-1])
    return [part.reshape(grad.shape).astype(grad.dtype) for part, grad in zip(parts, grads)], total


# %% power-of-two: an exponent is taken out of the root, without any rounding
def clip_by_global_norm(grads, max_norm):
    for grad in grads:
        if not np.isfinite(grad).all():
            raise ValueError("not finite")
    _, exponent = math.frexp(max([0.0, *(float(np.abs(grad).max()) for grad in grads if grad.size)]))
    squares = math.fsum((np.ldexp(grad.astype(float), -exponent) ** 2).sum() for grad in grads)
    total = math.ldexp(math.sqrt(squares), exponent)
    factor = max_norm / total if total > max_norm else 1.0
    return [np.multiply(grad, factor, dtype=grad.dtype) for grad in grads], total


# %% in-place-on-copies: as PyTorch does, but on copies
def clip_by_global_norm(grads, max_norm):
    try:
        scales = [np.abs(np.asarray_chkfinite(grad)).max(initial=0) for grad in grads]
    except ValueError as error:
        raise ValueError("a gradient is not finite") from error
    largest = float(max(scales, default=0))
    total = largest and largest * float(np.sqrt(sum(np.sum((grad / np.float64(largest)) ** 2) for grad in grads)))
    clipped = [np.array(grad) for grad in grads]
    if max_norm < total:
        for grad in clipped:
            grad *= max_norm / total
    return clipped, total
