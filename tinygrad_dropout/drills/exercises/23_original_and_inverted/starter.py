"""Exercise 23: where to scale. The task: tasks/23_original_and_inverted.md"""

import numpy as np


def dropout(x, p, training, rng, scheme):
    """x with elements dropped in training; scheme "original" scales in evaluation, "inverted" in training."""
    raise NotImplementedError
