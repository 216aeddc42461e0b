"""Right answers, written differently: none may be rejected."""

import numpy as np


# %% binomial: a number of successes out of one
def dropout_forward(x, p, rng):
    mask = rng.binomial(1, 1 - p, size=x.shape)
    return (x * mask / (1 - p)).astype(x.dtype)


# %% where: zeros where the draw is below p
def dropout_forward(x, p, rng):
    return np.where(rng.uniform(size=x.shape) < p, x.dtype.type(0), x / x.dtype.type(1 - p))


# %% copy: zeros written into a scaled copy
def dropout_forward(x, p, rng):
    y = np.array(x / (1 - p))
    y[rng.random(x.shape) < p] = 0
    return y


# %% standard-library: one element at a time
def dropout_forward(x, p, rng):
    draws = iter(rng.random(x.size))
    return np.array([0.0 if next(draws) < p else value / (1 - p) for value in x.flat], dtype=x.dtype).reshape(x.shape)
