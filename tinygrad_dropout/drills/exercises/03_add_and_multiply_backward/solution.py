"""The backward of y = a b + c, element by element.

The chain rule: an input moves the loss by as much as it moves y, times as much as y moves the loss. So each gradient is
the upstream gradient times a local one:

    dL/da = dL/dy * dy/da,  and dy/da = b       so  da = grad * b
    dL/db = dL/dy * dy/db,  and dy/db = a       so  db = grad * a
    dL/dc = dL/dy * dy/dc,  and dy/dc = 1       so  dc = grad

A product hands each factor the other one; a sum hands on what comes in. c itself appears nowhere: the slope of a sum
does not depend on where one stands.
"""

import numpy as np


def multiply_add_backward(grad, a, b, c):
    return grad * b, grad * a, grad.copy()
