"""Exercise 18: the forward pass of inverted dropout. The task: tasks/18_inverted_dropout_forward.md"""

import numpy as np


def dropout_forward(x, p, rng):
    """x with each element dropped with probability p, and the others scaled so that E[y] = x."""
    raise NotImplementedError
