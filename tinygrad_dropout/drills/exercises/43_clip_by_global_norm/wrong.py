"""Answers that the grader must reject, each under the name of its mistake."""

import math

import numpy as np


def norm_of(grads):
    if not all(np.isfinite(grad).all() for grad in grads):
        raise ValueError("not finite")
    return math.hypot(*(one for grad in grads for one in grad.ravel().tolist()))


# %% clipped-one-by-one: each gradient is clipped by its own norm
def clip_by_global_norm(grads, max_norm):
    factors = [min(1.0, max_norm / (norm_of([grad]) or 1.0)) for grad in grads]
    return [np.asarray(grad * factor) for grad, factor in zip(grads, factors)], norm_of(grads)


# %% changes-its-input: it clips in place, as PyTorch does
def clip_by_global_norm(grads, max_norm):
    total_norm = norm_of(grads)
    if total_norm > max_norm:
        for grad in grads:
            grad *= max_norm / total_norm
    return grads, total_norm


# %% squares-overflow: the formula as written, and a ValueError
def clip_by_global_norm(grads, max_norm):
    total_norm = np.sqrt(sum(np.square(grad.astype(np.float64)).sum() for grad in grads))
    if not np.isfinite(total_norm):
        raise ValueError("not finite")
    if total_norm <= max_norm:
        return grads, total_norm
    return [np.asarray(grad * float(max_norm / total_norm)) for grad in grads], total_norm


# %% squares-in-float32: squares in the dtype of each array
def clip_by_global_norm(grads, max_norm):
    norm_of(grads)
    total_norm = math.sqrt(sum(float(np.square(grad).sum()) for grad in grads))
    factor = min(1.0, max_norm / total_norm) if total_norm else 1.0
    return [np.asarray(grad * factor) for grad in grads], total_norm


# %% changes-the-dtype: a float64 factor
def clip_by_global_norm(grads, max_norm):
    total_norm = np.float64(norm_of(grads))
    return [np.asarray(grad * np.minimum(1.0, max_norm / (total_norm or 1.0))) for grad in grads], total_norm


# %% accepts-nan-or-infinity: NaN > max_norm is False
def clip_by_global_norm(grads, max_norm):
    total_norm = math.hypot(*(one for grad in grads for one in grad.ravel().tolist()))
    if total_norm > max_norm:
        grads = [np.asarray(grad * (max_norm / total_norm)) for grad in grads]
    return grads, total_norm


# %% wrong-exception: a RuntimeError, as in PyTorch
def clip_by_global_norm(grads, max_norm):
    if not all(np.isfinite(grad).all() for grad in grads):
        raise RuntimeError("not finite")
    factor = min(1.0, max_norm / (norm_of(grads) or 1.0))
    return [np.asarray(grad * factor) for grad in grads], norm_of(grads)


# %% bits-changed: -0 + 0 is 0
def clip_by_global_norm(grads, max_norm):
    factor = min(1.0, max_norm / (norm_of(grads) or 1.0))
    return [np.asarray(grad * factor + 0) for grad in grads], norm_of(grads)


# %% raises: divides by a norm of 0
def clip_by_global_norm(grads, max_norm):
    total_norm = norm_of(grads)
    factor = min(1.0, max_norm / total_norm)
    return [np.asarray(grad * factor) for grad in grads], total_norm


# %% wrong-number-of-gradients: empty arrays are left out
def clip_by_global_norm(grads, max_norm):
    factor = min(1.0, max_norm / (norm_of(grads) or 1.0))
    return [np.asarray(grad * factor) for grad in grads if grad.size], norm_of(grads)


# %% wrong-shape: arrays are flattened
def clip_by_global_norm(grads, max_norm):
    factor = min(1.0, max_norm / (norm_of(grads) or 1.0))
    return [np.ravel(grad * factor) for grad in grads], norm_of(grads)


# %% wrong-number-of-values: the norm is forgotten
def clip_by_global_norm(grads, max_norm):
    factor = min(1.0, max_norm / (norm_of(grads) or 1.0))
    return [np.asarray(grad * factor) for grad in grads]


# %% adds-a-small-constant-to-the-norm: PyTorch's formula
def clip_by_global_norm(grads, max_norm):
    factor = min(1.0, max_norm / (norm_of(grads) + 1e-6))
    return [np.asarray(grad * factor) for grad in grads], norm_of(grads)
