"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% drops-with-1-p: True for dropped units
def bernoulli_mask(shape, p, rng):
    return rng.random(shape) < p


# %% shared-by-rows: one row is drawn and used for all rows
def bernoulli_mask(shape, p, rng):
    return np.broadcast_to(rng.random(shape[-1]) >= p, shape)


# %% shared-by-columns: one draw for each row
def bernoulli_mask(shape, p, rng):
    return np.broadcast_to(rng.random((*shape[:-1], 1)) >= p, shape)


# %% one-row-of-the-mask: a mask for the last axis only
def bernoulli_mask(shape, p, rng):
    return rng.random(shape[-1]) >= p


# %% mask-does-not-depend-on-rng: every call makes a new generator
def bernoulli_mask(shape, p, rng):
    return np.random.default_rng(0).random(shape) >= p


# %% mask-is-scaled: 1/(1 - p) for kept units
def bernoulli_mask(shape, p, rng):
    return (rng.random(shape) >= p) / (1 - p) if p < 1 else np.zeros(shape)


# %% uniform-numbers: the comparison is missing
def bernoulli_mask(shape, p, rng):
    return rng.random(shape)


# %% rate-ignores-p: half of the units, whatever p is
def bernoulli_mask(shape, p, rng):
    return rng.random(shape) >= 0.5


# %% ends-of-p: the rate is kept away from 0 and 1
def bernoulli_mask(shape, p, rng):
    return rng.random(shape) >= min(max(p, 0.01), 0.99)
