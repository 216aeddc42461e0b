"""Right answers, written differently: none may be rejected."""

import functools

import numpy as np


# %% partial: the factors are bound to a function
class Dropout:
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, x):
        factors = np.where(self.rng.random(x.shape) < self.p, 0, 1 / (1 - self.p)).astype(x.dtype)
        return x * factors, functools.partial(np.multiply, factors)


# %% object: backward is a callable object; a list instead of a tuple
class Step:
    __slots__ = ("kept", "scale")

    def __init__(self, kept, scale):
        self.kept, self.scale = kept, scale

    def __call__(self, grad):
        out = np.zeros_like(grad)
        out[self.kept] = grad[self.kept] * self.scale
        return out


class Dropout:
    def __init__(self, p, rng):
        self.scale, self.draw = 1 / (1 - p), lambda shape: rng.binomial(1, 1 - p, size=shape) == 1

    def forward(self, x):
        step = Step(self.draw(x.shape), self.scale)
        return [step(x), step]


# %% numbered: the layer keeps all masks, and each backward knows its number
class Dropout:
    def __init__(self, p, rng):
        self.p, self.rng, self.masks = p, rng, []

    def forward(self, x):
        self.masks.append(self.rng.uniform(size=x.shape) >= self.p)
        number = len(self.masks) - 1
        return self.thin(x, number), lambda grad, number=number: self.thin(grad, number)

    def thin(self, array, number):
        return array * self.masks[number] / (1 - self.p)


# %% state-of-the-generator: the mask is drawn again, from a seed that the forward drew
class Dropout:
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, x):
        seed = int(self.rng.integers(2**63))

        def thin(array):
            return array * (np.random.default_rng(seed).random(array.shape) >= self.p) / (1 - self.p)

        return thin(x), thin
