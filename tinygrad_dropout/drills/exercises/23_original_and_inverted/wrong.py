"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% inverted-scaled-by-1-p-in-evaluation: a mixture of the two that scales in both phases
def dropout(x, p, training, rng, scheme):
    if training:
        kept = rng.random(x.shape) >= p
        return x * kept / (1 - p) if scheme == "inverted" else x * kept
    return x * (1 - p)


# %% original-scaled-by-1/(1-p): a mixture of the two, in which both scale in training
def dropout(x, p, training, rng, scheme):
    if training:
        return x * (rng.random(x.shape) >= p) / (1 - p)
    return x.copy() if scheme == "inverted" else x * (1 - p)


# %% original-not-scaled-in-evaluation: scaled in neither phase
def dropout(x, p, training, rng, scheme):
    if training:
        kept = rng.random(x.shape) >= p
        return x * kept / (1 - p) if scheme == "inverted" else x * kept
    return x.copy()


# %% original-scaled-by-1/(1-p)-in-evaluation: divides instead of multiplying
def dropout(x, p, training, rng, scheme):
    if training:
        kept = rng.random(x.shape) >= p
        return x * kept / (1 - p) if scheme == "inverted" else x * kept
    return x.copy() if scheme == "inverted" else x / (1 - p)


# %% original-scaled-by-p-in-evaluation: p instead of 1 - p
def dropout(x, p, training, rng, scheme):
    if training:
        kept = rng.random(x.shape) >= p
        return x * kept / (1 - p) if scheme == "inverted" else x * kept
    return x.copy() if scheme == "inverted" else x * p


# %% inverted-scaled-by-1/p: divides by p
def dropout(x, p, training, rng, scheme):
    if training:
        kept = rng.random(x.shape) >= p
        return x * kept / p if scheme == "inverted" else x * kept
    return x.copy() if scheme == "inverted" else x * (1 - p)


# %% inverted-not-scaled: neither scheme scales in training
def dropout(x, p, training, rng, scheme):
    if training:
        return x * (rng.random(x.shape) >= p)
    return x.copy() if scheme == "inverted" else x * (1 - p)


# %% drops-in-evaluation: training is ignored
def dropout(x, p, training, rng, scheme):
    kept = rng.random(x.shape) >= p
    return x * kept / (1 - p) if scheme == "inverted" else x * kept


# %% drops-with-1-p: p is the probability of keeping, but only in the draw
def dropout(x, p, training, rng, scheme):
    if training:
        kept = rng.random(x.shape) < p
        return x * kept / (1 - p) if scheme == "inverted" else x * kept
    return x.copy() if scheme == "inverted" else x * (1 - p)


# %% shared-by-rows: one mask for the batch
def dropout(x, p, training, rng, scheme):
    if training:
        kept = rng.random(x.shape[-1]) >= p
        return x * kept / (1 - p) if scheme == "inverted" else x * kept
    return x.copy() if scheme == "inverted" else x * (1 - p)


# %% changes-its-input: it works in place
def dropout(x, p, training, rng, scheme):
    if training:
        x *= rng.random(x.shape) >= p
        return x / (1 - p) if scheme == "inverted" else x
    return x.copy() if scheme == "inverted" else x * (1 - p)


# %% scale-from-the-realized-rate: divides by the fraction that was actually kept
def dropout(x, p, training, rng, scheme):
    if training:
        kept = rng.random(x.shape) >= p
        return x * kept / kept.mean() if scheme == "inverted" else x * kept
    return x.copy() if scheme == "inverted" else x * (1 - p)


# %% schemes-exchanged: each under the other's name
def dropout(x, p, training, rng, scheme):
    if training:
        kept = rng.random(x.shape) >= p
        return x * kept / (1 - p) if scheme == "original" else x * kept
    return x.copy() if scheme == "original" else x * (1 - p)


# %% eval-differs-with-the-number-of-axes: images are not scaled in evaluation
def dropout(x, p, training, rng, scheme):
    if training:
        kept = rng.random(x.shape) >= p
        return x * kept / (1 - p) if scheme == "inverted" else x * kept
    return x.copy() if scheme == "inverted" or x.ndim > 2 else x * (1 - p)
