"""Exercise 43: one factor for all gradients. The task: tasks/43_clip_by_global_norm.md"""

import numpy as np


def clip_by_global_norm(grads, max_norm):
    """The gradients, scaled by one factor to a common norm of at most max_norm; and their norm before that."""
    raise NotImplementedError
