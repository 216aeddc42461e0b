"""Right answers, written differently: none may be rejected."""

from functools import reduce
from itertools import combinations

import numpy as np


# %% binary-numbers: all masks as one array, and a product with their weights
def mask_average(f, x, p):
    n = len(x)
    masks = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    weights = np.prod(np.where(masks, 1 - p, p), axis=1)
    return weights @ np.array([f(x * mask / (1 - p)) for mask in masks])


# %% recursion: the mean over the first unit of the mean over the other units
def mask_average(f, x, p):
    def mean(done, index):
        if index == len(x):
            return np.asarray(f(np.array(done)))
        kept, dropped = done + [x[index] / (1 - p)], done + [0.0]
        return (1 - p) * mean(kept, index + 1) + p * mean(dropped, index + 1)

    return mean([], 0)


# %% combinations: all sets of kept units, by their size
def mask_average(f, x, p):
    n, terms = len(x), []
    for k in range(n + 1):
        for kept in combinations(range(n), k):
            h = np.zeros(n)
            h[list(kept)] = x[list(kept)] / (1 - p)
            terms.append((1 - p) ** k * p ** (n - k) * f(h))
    return reduce(np.add, terms)
