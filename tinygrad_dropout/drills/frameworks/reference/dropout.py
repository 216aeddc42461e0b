# stage 7
"""Dropout."""

import numpy as np

from framework.nn import Module
from framework.tensor import Tensor


class Dropout(Module):
    """In training mode, drop each element with probability p and divide the others by 1 - p; otherwise do nothing.

    Every forward keeps its own factor, because its backward must zero the same elements.
    """

    def __init__(self, p=0.5, rng=None):
        if not 0 <= p <= 1:
            raise ValueError(f"Dropout: p is the probability of dropping; expected 0 to 1, got {p}")
        self.p, self.rng = p, rng or np.random.default_rng()

    def forward(self, x):
        if not self.training:
            return x
        kept = self.rng.random(x.shape) >= self.p
        scale = 1 / (1 - self.p) if self.p < 1 else 0.0
        factor = (kept * scale).astype(x.data.dtype)
        return Tensor(np.where(kept, x.data * factor, 0), parents=(x,), rule=lambda g: (np.where(kept, g * factor, 0),))
