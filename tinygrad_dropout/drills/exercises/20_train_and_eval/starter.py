"""Exercise 20: a dropout layer with two modes. The task: tasks/20_train_and_eval.md"""

import numpy as np


class Dropout:
    """Inverted dropout while `training`; in eval mode (`training` is False) the identity."""

    def __init__(self, p, rng):
        """A new layer is in training mode. Write this, and the two methods below."""
        raise NotImplementedError

    def forward(self, x):
        """y, of the shape and dtype of x."""

    def backward(self, grad):
        """dL/dx of the last forward, of the shape and dtype of grad."""
