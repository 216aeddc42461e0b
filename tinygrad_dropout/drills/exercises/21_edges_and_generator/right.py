"""Right answers, written differently: none may be rejected."""

import math

import numpy as np


# %% cases: the ends are special cases
class Dropout:
    def __init__(self, p, rng=None):
        if math.isnan(p) or p < 0 or p > 1:
            raise ValueError("p must be a probability")
        self.p = float(p)
        self.rng = rng or np.random.default_rng()

    def forward(self, x):
        if self.p == 0:
            self.factors = np.ones_like(x)
        elif self.p == 1:
            self.factors = np.zeros_like(x)
        else:
            self.factors = ((self.rng.random(x.shape) >= self.p) / (1 - self.p)).astype(x.dtype)
        return x * self.factors

    def backward(self, grad):
        return grad * self.factors


# %% spawned: a child of the given generator
class Dropout:
    def __init__(self, p, rng=None, *, name="dropout"):
        assert_probability(p)
        self.keep = 1 - p
        self.rng = np.random.Generator(np.random.PCG64()) if rng is None else rng.spawn(1)[0]

    def forward(self, x):
        self.mask = self.rng.binomial(1, self.keep, x.shape)
        return self.thin(x)

    def backward(self, grad):
        return self.thin(grad)

    def thin(self, array):
        out = np.zeros_like(array)
        np.divide(array, self.keep, out=out, where=self.mask == 1)
        return out


def assert_probability(p):
    class NotAProbability(ValueError):
        pass

    if not (p >= 0 and p <= 1):
        raise NotAProbability(p)


# %% seed-of-its-own: a seed is drawn from the generator when the layer is made
class Dropout:
    def __init__(self, p, rng=None):
        if p not in (0, 1) and not 0 < p < 1:
            raise ValueError(p)
        rng = np.random.default_rng(rng)
        self.rng, self.p = np.random.default_rng(int(rng.integers(2**62))), p

    def forward(self, x):
        self.dropped = self.rng.random(x.shape) < self.p
        return self.backward(x)

    def backward(self, grad):
        return np.where(self.dropped, grad.dtype.type(0), grad / grad.dtype.type(1 - self.p or 1))
