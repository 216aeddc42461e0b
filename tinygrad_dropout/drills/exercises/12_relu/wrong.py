"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% gradient-1-at-0: >= instead of >
def relu(x):
    on = x >= 0
    return x * on, lambda grad: grad * on


# %% changes-its-input: forward in place
def relu(x):
    x[x < 0] = 0
    return x, lambda grad: grad * (x > 0)


# %% cache-follows-x: x itself is kept instead of a mask
def relu(x):
    return np.maximum(x, 0), lambda grad: grad * (x > 0)


# %% cache-follows-y: the output is kept, which the caller can change
def relu(x):
    y = np.maximum(x, 0)
    return y, lambda grad: grad * (y > 0)


# %% not-a-pair: backward is not returned
def relu(x):
    return np.maximum(x, 0)


# %% mask-of-a-later-call: all calls share one mask
class Relu:
    def forward(self, x):
        self.on = x > 0
        return x * self.on

    def backward(self, grad):
        return grad * self.on


LAYER = Relu()


def relu(x):
    return LAYER.forward(x), LAYER.backward


# %% output-is-the-input: no copy if no element is negative
def relu(x):
    on = x > 0
    if on.all():
        return x, lambda grad: grad.copy()
    return x * on, lambda grad: grad * on


# %% pair-reversed: backward first
def relu(x):
    on = x > 0
    return lambda grad: grad * on, x * on


# %% result-is-overwritten: each backward reuses one array for all its results
def relu(x):
    on, dx = x > 0, np.empty(x.shape)

    def backward(grad):
        np.multiply(grad, on, out=dx)
        return dx

    return np.maximum(x, 0), backward


# %% rounded-to-float32: the forward is computed in float32
def relu(x):
    on = x > 0
    return np.maximum(x.astype(np.float32), 0).astype(np.float64), lambda grad: grad * on


# %% works-once: the first backward uses up the mask
def relu(x):
    kept = [x > 0]

    def backward(grad):
        return grad * (kept.pop() if kept else 0)

    return np.maximum(x, 0), backward


# %% wrong-values: for a transposed y, zeros are written into a copy
def relu(x):
    y, on = x.copy("K"), x > 0
    y.ravel()[~on.ravel()] = 0
    return y, lambda grad: np.where(on, grad, 0.0)
