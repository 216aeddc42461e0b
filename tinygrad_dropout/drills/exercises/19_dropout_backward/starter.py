"""Exercise 19: the backward pass of inverted dropout. The task: tasks/19_dropout_backward.md"""

import numpy as np


def dropout_backward(grad, mask, p):
    """dL/dx, of the shape and dtype of grad, for y = x * mask / (1 - p)."""
    raise NotImplementedError
