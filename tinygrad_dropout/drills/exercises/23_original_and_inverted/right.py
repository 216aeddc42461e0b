"""Right answers, written differently: none may be rejected."""

import numpy as np


# %% table: the four factors in a table
def dropout(x, p, training, rng, scheme):
    factor = {
        ("original", True): 1,
        ("original", False): 1 - p,
        ("inverted", True): 1 / (1 - p),
        ("inverted", False): 1,
    }
    mask = rng.binomial(1, 1 - p, x.shape) if training else 1
    return x * mask * factor[scheme, training]


# %% one-from-the-other: the original scheme is the inverted one times 1 - p
def dropout(x, p, training, rng, scheme):
    if scheme == "original":
        return (1 - p) * dropout(x, p, training, rng, "inverted")
    if not training:
        return x
    return np.where(rng.uniform(size=x.shape) < p, 0.0, x / (1 - p))
