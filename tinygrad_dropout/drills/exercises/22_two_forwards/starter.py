"""Exercise 22: two forwards through one dropout layer. The task: tasks/22_two_forwards.md"""

import numpy as np


class Dropout:
    """Inverted dropout: several forwards may come before their backwards."""

    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, x):
        """y, and a function: backward(grad), which returns dL/dx of this forward."""
        raise NotImplementedError
