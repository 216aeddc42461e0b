"""Right answers, written differently: none may be rejected."""

from functools import partial

import numpy as np


# %% copy: a copy of x is kept, and the mask computed in backward
def relu(x):
    kept = x.copy()

    def backward(grad):
        dx = grad.copy()
        dx[kept <= 0] = 0
        return dx

    return np.maximum(x, 0), backward


# %% class: a class whose instances are the backward, and a list instead of a tuple
class Relu:
    __slots__ = ("slope",)

    def __init__(self, x):
        self.slope = np.heaviside(x, 0.0)

    def __call__(self, grad):
        return self.slope * grad


def relu(x):
    return [np.clip(x, 0, None), Relu(x)]


# %% half-sum: (x + |x|) / 2, and indices of the units that were on
def relu(x):
    on = np.flatnonzero(x > 0)

    def backward(on, grad):
        dx = np.zeros(grad.size)
        dx[on] = grad.ravel()[on]
        return dx.reshape(grad.shape)

    return (x + np.abs(x)) / 2, partial(backward, on)
