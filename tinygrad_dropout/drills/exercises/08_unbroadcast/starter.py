"""Exercise 8: a gradient brought back to the shape of what was broadcast. The task: tasks/08_unbroadcast.md"""

import numpy as np


def unbroadcast(grad, shape):
    """The gradient with respect to an array of this shape that was broadcast to the shape of grad."""
    raise NotImplementedError
