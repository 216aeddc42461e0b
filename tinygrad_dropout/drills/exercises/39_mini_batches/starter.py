"""Exercise 39: a mini-batch loader. The task: tasks/39_mini_batches.md"""

import numpy as np


class Batches:
    """A data set in mini-batches, in a new random order in every epoch."""

    def __init__(self, x, target, batch_size, rng, drop_last=False):
        raise NotImplementedError

    def __len__(self):
        """How many batches an epoch has."""

    def __iter__(self):
        """The batches of one epoch."""
