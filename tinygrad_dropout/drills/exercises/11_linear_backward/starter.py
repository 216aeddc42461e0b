"""Exercise 11: the backward of y = x @ W.T + b. The task: tasks/11_linear_backward.md"""

import numpy as np


def linear_backward(grad, x, weight):
    """dL/dx of shape (batch, in), dL/dW of shape (out, in) and dL/db of shape (out,)."""
    raise NotImplementedError
