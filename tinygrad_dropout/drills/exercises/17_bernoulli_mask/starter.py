"""Exercise 17: the mask of dropout. The task: tasks/17_bernoulli_mask.md"""

import numpy as np


def bernoulli_mask(shape, p, rng):
    """Booleans, True where a unit is kept. Each is False with probability p, independently of the others."""
    raise NotImplementedError
