"""Exercise 21: a dropout layer for every p, with its own generator. The task: tasks/21_edges_and_generator.md"""

import numpy as np


class Dropout:
    """Inverted dropout, always in training mode."""

    def __init__(self, p, rng=None):
        """Reject a p that is not a probability. Write this, and the two methods below."""
        raise NotImplementedError

    def forward(self, x):
        """y, of the shape and dtype of x."""

    def backward(self, grad):
        """dL/dx of the last forward, of the shape and dtype of grad."""
