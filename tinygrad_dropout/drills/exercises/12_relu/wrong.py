"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% gradient-1-at-0: >= for >
def relu(x):
    on = x >= 0
    return x * on, lambda grad: grad * on


# %% gradient-half-at-0: the mean of both sides
def relu(x):
    slope = (1 + np.sign(x)) / 2
    return np.maximum(x, 0), lambda grad: grad * slope


# %% mask-from-the-gradient: ReLU is applied to the gradient
def relu(x):
    return np.maximum(x, 0), lambda grad: np.maximum(grad, 0)


# %% mask-from-both: what is called guided backpropagation
def relu(x):
    on = x > 0
    return np.maximum(x, 0), lambda grad: np.maximum(grad, 0) * on


# %% gradient-everywhere: handed on as it is
def relu(x):
    return np.maximum(x, 0), lambda grad: grad.copy()


# %% upstream-ignored: the local slope alone
def relu(x):
    on = x > 0
    return np.maximum(x, 0), lambda grad: on.astype(float)


# %% multiplied-by-the-output: grad * y
def relu(x):
    y = np.maximum(x, 0)
    return y, lambda grad: grad * y


# %% changes-its-input: forward in place
def relu(x):
    x[x < 0] = 0
    return x, lambda grad: grad * (x > 0)


# %% cache-follows-x: the array x is kept, not a mask of its own
def relu(x):
    return np.maximum(x, 0), lambda grad: grad * (x > 0)


# %% cache-follows-y: the output is kept, which the caller has too
def relu(x):
    y = np.maximum(x, 0)
    return y, lambda grad: grad * (y > 0)


# %% nan-at-0: the slope as y / x
def relu(x):
    slope = np.maximum(x, 0) / x
    return np.maximum(x, 0), lambda grad: grad * slope


# %% not-a-pair: backward is not given
def relu(x):
    return np.maximum(x, 0)


# %% mask-of-a-later-call: one place for the masks of all calls
class Relu:
    def forward(self, x):
        self.on = x > 0
        return x * self.on

    def backward(self, grad):
        return grad * self.on


LAYER = Relu()


def relu(x):
    return LAYER.forward(x), LAYER.backward


# %% output-is-the-input: no copy where there is nothing to cut off
def relu(x):
    on = x > 0
    if on.all():
        return x, lambda grad: grad.copy()
    return x * on, lambda grad: grad * on


# %% pair-turned-round: backward first
def relu(x):
    on = x > 0
    return lambda grad: grad * on, x * on
