"""Right answers, written differently: none may be rejected."""

import numpy as np


# %% binomial: a number of successes out of one; integers
def bernoulli_mask(shape, p, rng):
    return rng.binomial(1, 1 - p, size=shape)


# %% choice: True and False with their probabilities
def bernoulli_mask(shape, p, rng):
    return rng.choice([True, False], size=shape, p=[1 - p, p])


# %% loop: element by element, as floats
def bernoulli_mask(shape, p, rng):
    mask = np.empty(shape)
    for index in np.ndindex(*shape):
        mask[index] = 0.0 if rng.random() < p else 1.0
    return mask


# %% generator-of-its-own: spawned from rng
def bernoulli_mask(shape, p, rng, *, dtype=bool):
    return (rng.spawn(1)[0].uniform(0, 1, shape) >= p).astype(dtype)


# %% lists: of Python booleans
def bernoulli_mask(shape, p, rng):
    if not shape:
        return bool(rng.random() >= p)
    return [bernoulli_mask(shape[1:], p, rng) for _ in range(shape[0])]
