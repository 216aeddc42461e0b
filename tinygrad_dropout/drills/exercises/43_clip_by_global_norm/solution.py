"""Clipping by the global norm.

All gradients together are one vector g, and the step goes along -g. Multiplying all of them by the same number shortens
the step and keeps its direction; clipping each array by its own norm, or each element by its size, would change it.
With the factor max_norm / |g| the new norm is exactly max_norm. (Pascanu, Mikolov and Bengio 2013, algorithm 1.)

The squares of 1e200 are infinite, although the norm is not. So the largest absolute value m is taken out of the root
first:

    |g| = sqrt(sum g^2) = m sqrt(sum (g / m)^2)

Now no |g / m| is above 1, and one of them is 1. If m is 0, there is nothing to divide by and nothing to clip. The
squares are summed in float64, because squares in float32 overflow from 1.8e19 on and lose digits.

A NaN fails every comparison, so `total_norm > max_norm` would let it through. You have to check for it.
"""

import math

import numpy as np


def clip_by_global_norm(grads, max_norm):
    if not all(np.isfinite(grad).all() for grad in grads):
        raise ValueError("a gradient is infinite or NaN")
    largest = max((float(np.abs(grad).max()) for grad in grads if grad.size), default=0.0)
    if largest == 0:
        return list(grads), 0.0
    squares = sum(float(np.square(grad / np.float64(largest)).sum()) for grad in grads)
    total_norm = largest * math.sqrt(squares)
    if total_norm <= max_norm:
        return list(grads), total_norm
    factor = max_norm / total_norm
    return [np.asarray(grad * factor, dtype=grad.dtype) for grad in grads], total_norm
