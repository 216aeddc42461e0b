# stage 7
"""Dropout: an operation that multiplies by a float64 mask, and the layer that draws it."""

import numpy as np

from .modules import Module
from .tensors import compute


class Mask:
    @staticmethod
    def forward(memory, x, mask):
        memory.mask = mask
        return (x * mask).astype(x.dtype)

    @staticmethod
    def backward(memory, g):
        return (memory.mask * g,)


class Dropout(Module):
    def __init__(self, p=0.5, rng=None):
        if not (p >= 0 and p <= 1):
            raise ValueError(f"expected a probability, got p = {p}")
        self.p = p
        self.generator = np.random.default_rng() if rng is None else rng

    def forward(self, x):
        if not self.training or self.p == 0:
            return x
        mask = np.zeros(x.shape)
        if self.p < 1:
            mask[self.generator.uniform(size=x.shape) > self.p] = 1 / (1 - self.p)
        return compute(Mask, x, mask=mask)
