"""Exercise 15: the gradient of the cross-entropy. The task: tasks/15_cross_entropy_gradient.md"""

import numpy as np


def cross_entropy_gradient(logits, target):
    """dL/dlogits of the mean over the batch of -ln softmax(logits)[target]."""
    raise NotImplementedError
