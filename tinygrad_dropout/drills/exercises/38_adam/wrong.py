"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


class Right:
    def __init__(self, parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.parameters, self.lr, self.betas = list(parameters), lr, betas
        self.eps, self.weight_decay = eps, weight_decay
        self.m, self.v = ([np.zeros_like(p) for p in self.parameters] for _ in range(2))
        self.t = [0] * len(self.parameters)

    def moved(self, i, g):
        (b1, b2), p = self.betas, self.parameters[i]
        self.t[i] += 1
        self.m[i] = b1 * self.m[i] + (1 - b1) * g
        self.v[i] = b2 * self.v[i] + (1 - b2) * g**2
        root = np.sqrt(self.v[i] / (1 - b2 ** self.t[i])) + self.eps
        return p * (1 - self.lr * self.weight_decay) - self.lr * self.m[i] / (1 - b1 ** self.t[i]) / root

    def step(self, gradients):
        for i, g in enumerate(gradients):
            if g is not None:
                self.parameters[i][...] = self.moved(i, g)


# %% rebinds-the-parameter: new arrays in its own list
class Adam(Right):
    def step(self, gradients):
        for i, g in enumerate(gradients):
            if g is not None:
                self.parameters[i] = self.moved(i, g)


# %% replaces-a-parameter: new arrays in the caller's list
class Adam(Right):
    def __init__(self, parameters, *options, **more):
        super().__init__(parameters, *options, **more)
        self.parameters = parameters

    def step(self, gradients):
        for i, g in enumerate(gradients):
            if g is not None:
                self.parameters[i] = self.moved(i, g).astype(np.float64)


# %% not-finite: steps are counted from 0
class Adam(Right):
    def __init__(self, *options, **more):
        super().__init__(*options, **more)
        self.t = [-1] * len(self.parameters)


# %% step-counted-for-every-parameter: one count for all, incremented inside the loop
class Adam(Right):
    def __init__(self, *options, **more):
        super().__init__(*options, **more)
        self.count = 0

    def moved(self, i, g):
        self.t[i] = self.count
        self.count += 1
        return super().moved(i, g)


# %% one-count-of-steps-for-all: it counts calls of step
class Adam(Right):
    def step(self, gradients):
        super().step(gradients)
        self.t = [max(self.t)] * len(self.t)


# %% optimizers-share-state: the averages belong to the class
class Adam(Right):
    shared = {}

    def __init__(self, *options, **more):
        super().__init__(*options, **more)
        self.m = self.shared.setdefault(tuple(p.shape for p in self.parameters), self.m)
        self.m[:] = [np.zeros_like(p) for p in self.parameters]


# %% lr-is-fixed: read once, in the constructor
class Adam(Right):
    def __init__(self, parameters, lr=0.001, *options, **more):
        super().__init__(parameters, lr, *options, **more)
        self.first = lr

    def moved(self, i, g):
        kept, self.lr = self.lr, self.first
        try:
            return super().moved(i, g)
        finally:
            self.lr = kept


# %% other-defaults: beta2 is 0.99
class Adam(Right):
    def __init__(self, parameters, lr=0.001, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.0):
        super().__init__(parameters, lr, betas, eps, weight_decay)


# %% changes-its-input: the gradient is clipped in place
class Adam(Right):
    def step(self, gradients):
        for g in gradients:
            if g is not None:
                np.clip(g, -1, 1, out=g)
        super().step(gradients)


# %% raises: None is not handled
class Adam(Right):
    def step(self, gradients):
        for i, g in enumerate(gradients):
            self.parameters[i][...] = self.moved(i, g)


# %% wrong-values: no step if all gradients are small
class Adam(Right):
    def moved(self, i, g):
        return super().moved(i, g) if np.abs(g).max() > 1e-5 else self.parameters[i]


# %% zero-gradients-skipped: a gradient of zeros is treated as None
class Adam(Right):
    def step(self, gradients):
        super().step([g if g is not None and g.any() else None for g in gradients])
