"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% gradient-1-at-0: >= for >
def relu(x):
    on = x >= 0
    return x * on, lambda grad: grad * on


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


# %% result-is-overwritten: each backward fills one array of its own, again and again
def relu(x):
    on, dx = x > 0, np.empty(x.shape)

    def backward(grad):
        np.multiply(grad, on, out=dx)
        return dx

    return np.maximum(x, 0), backward


# %% rounded-to-float32: the forward is kept in float32
def relu(x):
    on = x > 0
    return np.maximum(x.astype(np.float32), 0).astype(np.float64), lambda grad: grad * on


# %% works-once: backward takes its mask out of where it is kept
def relu(x):
    kept = [x > 0]

    def backward(grad):
        return grad * (kept.pop() if kept else 0)

    return np.maximum(x, 0), backward


# %% wrong-values: zeros are written into a copy where y is transposed
def relu(x):
    y, on = x.copy("K"), x > 0
    y.ravel()[~on.ravel()] = 0
    return y, lambda grad: np.where(on, grad, 0.0)
