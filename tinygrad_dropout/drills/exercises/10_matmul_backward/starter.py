"""Exercise 10: the backward of a matrix product. The task: tasks/10_matmul_backward.md"""

import numpy as np


def matmul_backward(grad, x, y):
    """dL/dx and dL/dy for z = x @ y, where grad is dL/dz; x and y are matrices or vectors."""
    raise NotImplementedError
