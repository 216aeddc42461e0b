"""The backward of y = a b + c, element by element.

By the chain rule, the effect of an input on the loss is its effect on y times the effect of y on the loss. So each
gradient is the upstream gradient times a local one:

    dL/da = dL/dy * dy/da,  and dy/da = b       so  da = grad * b
    dL/db = dL/dy * dy/db,  and dy/db = a       so  db = grad * a
    dL/dc = dL/dy * dy/dc,  and dy/dc = 1       so  dc = grad

A product multiplies the gradient of each factor by the other factor; a sum passes the gradient on unchanged. c itself
appears nowhere, because the slope of a sum does not depend on its terms.
"""

import numpy as np


def multiply_add_backward(grad, a, b, c):
    return grad * b, grad * a, grad.copy()
