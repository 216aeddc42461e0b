"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% drops-with-1-p: True where dropped
def bernoulli_mask(shape, p, rng):
    return rng.random(shape) < p


# %% shared-by-rows: one row is drawn, for all rows
def bernoulli_mask(shape, p, rng):
    return np.broadcast_to(rng.random(shape[-1]) >= p, shape)


# %% shared-by-columns: one draw for each row
def bernoulli_mask(shape, p, rng):
    return np.broadcast_to(rng.random((*shape[:-1], 1)) >= p, shape)


# %% one-row-of-the-mask: a mask of only the last axis
def bernoulli_mask(shape, p, rng):
    return rng.random(shape[-1]) >= p


# %% mask-does-not-depend-on-rng: the generator is made anew in every call
def bernoulli_mask(shape, p, rng):
    return np.random.default_rng(0).random(shape) >= p


# %% mask-is-scaled: 1/(1 - p) where kept
def bernoulli_mask(shape, p, rng):
    return (rng.random(shape) >= p) / (1 - p) if p < 1 else np.zeros(shape)


# %% uniform-numbers: the comparison is missing
def bernoulli_mask(shape, p, rng):
    return rng.random(shape)


# %% rate-ignores-p: half of them, whatever p is
def bernoulli_mask(shape, p, rng):
    return rng.random(shape) >= 0.5


# %% ends-of-p: the rate is kept away from 0 and 1
def bernoulli_mask(shape, p, rng):
    return rng.random(shape) >= min(max(p, 0.01), 0.99)
