"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% scale-missing: kept elements are not scaled
def dropout_forward(x, p, rng):
    return x * (rng.random(x.shape) >= p)


# %% scale-is-1/p: divides by p
def dropout_forward(x, p, rng):
    return x * (rng.random(x.shape) >= p) / p


# %% scale-is-1-p: multiplies by 1 - p instead of dividing
def dropout_forward(x, p, rng):
    return x * (rng.random(x.shape) >= p) * (1 - p)


# %% scale-ignores-p: 2, which is right only for p = 0.5
def dropout_forward(x, p, rng):
    return x * (rng.random(x.shape) >= p) * 2


# %% scale-from-the-realized-rate: divides by the fraction that was actually kept
def dropout_forward(x, p, rng):
    kept = rng.random(x.shape) >= p
    return x * kept / kept.mean()


# %% ignores-x: the scaled mask is returned
def dropout_forward(x, p, rng):
    return ((rng.random(x.shape) >= p) / (1 - p)).astype(x.dtype)


# %% forward-changes-x: it works in place
def dropout_forward(x, p, rng):
    x *= rng.random(x.shape) >= p
    x /= 1 - p
    return x


# %% forward-changes-the-dtype: the mask is a float64 array
def dropout_forward(x, p, rng):
    return x * ((rng.random(x.shape) >= p) / (1 - p))


# %% drops-with-1-p: < p instead of >= p, with the right scale
def dropout_forward(x, p, rng):
    return x * (rng.random(x.shape) < p) / (1 - p)


# %% shared-by-rows: one mask for the whole batch
def dropout_forward(x, p, rng):
    return x * (rng.random(x.shape[-1]) >= p) / (1 - p)


# %% dropped-units-not-set: np.empty_like is not zero
def dropout_forward(x, p, rng):
    kept = rng.random(x.shape) >= p
    y = np.empty_like(x)
    y[kept] = x[kept] / (1 - p)
    return y


# %% returns-no-array: y and the mask
def dropout_forward(x, p, rng):
    kept = rng.random(x.shape) >= p
    return x * kept / (1 - p), kept
