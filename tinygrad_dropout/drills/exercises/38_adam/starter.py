"""Exercise 38: the optimizer Adam. The task: tasks/38_adam.md"""

import numpy as np


class Adam:
    """Steps by the mean of the gradients, divided by the root of the mean of their squares."""

    def __init__(self, parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        raise NotImplementedError

    def step(self, gradients):
        """Change every parameter that has a gradient."""
