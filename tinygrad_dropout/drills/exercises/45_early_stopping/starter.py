"""Exercise 45: early stopping. The task: tasks/45_early_stopping.md"""

import numpy as np


class EarlyStopping:
    """Says when the validation loss has stopped improving, and keeps the best parameters."""

    def __init__(self, patience, min_delta=0.0):
        raise NotImplementedError

    def step(self, loss, parameters):
        """Whether training should stop now."""

    def restore(self, parameters):
        """Write the best parameters into these arrays."""
