"""A dropout layer for every p, with its own generator.

The scale 1/(1 - p) has a pole at p = 1, where there is nothing left to scale: m is always 0, and so is y. Any finite
scale gives that, but a division gives 0/0, which is NaN. At p = 0 the formula needs no special case.

`not 0 <= p <= 1` rejects NaN, too, because every comparison with NaN is False; `p < 0 or p > 1` lets it through.

The generator is an argument, so that the caller can draw the same masks again. Without one, the layer makes its own
from fresh entropy: a seed written into the code would give every layer of a network the same masks. The global
functions of np.random have one state for the whole program: seeding it changes the numbers of all its users.
"""

import numpy as np


class Dropout:
    def __init__(self, p, rng=None):
        if not 0 <= p <= 1:
            raise ValueError(f"p is the probability of dropping: expected 0 <= p <= 1, got {p}")
        self.p = p
        self.scale = 1 / (1 - p) if p < 1 else 0.0
        self.rng = np.random.default_rng() if rng is None else rng

    def forward(self, x):
        self.kept = self.rng.random(x.shape) >= self.p
        return x * self.kept * self.scale

    def backward(self, grad):
        return grad * self.kept * self.scale
