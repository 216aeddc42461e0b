"""Exercise 23: where the scaling is done. The task: tasks/23_original_and_inverted.md"""

import numpy as np


def dropout(x, p, training, rng, scheme):
    """x with elements dropped while training; scheme "original" scales in evaluation, "inverted" while training."""
    raise NotImplementedError
