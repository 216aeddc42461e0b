"""Gradient descent, after a check of the gradient.

To first order, a step d changes the loss by grad . d. For d = -lr grad that is -lr |grad|^2: the loss falls if lr is
small enough. With the other sign it rises. Three things are easy to get wrong:

    backward adds, so .grad must be 0 before each call, including the first one and the one after the check;
    p.data = p.data - lr * p.grad makes a new array that the model does not use; p.data -= ... writes into the old one;
    the gradient must be there when you take the step: zero, backward, step, in this order.

The check compares every entry: an error in one entry of a million is an error. The tolerance is relative to the size of
the gradient, but never smaller than for a gradient of 1. That allows for the rounding of the measurement, which grows
with the loss.
"""

import numpy as np


def train(parameters, loss, backward, measure, lr, steps):
    def fresh_gradients():
        for parameter in parameters:
            parameter.grad[...] = 0.0
        backward()

    fresh_gradients()
    for parameter, measured in zip(parameters, measure(), strict=True):
        if np.any(np.abs(parameter.grad - measured) > 1e-4 * np.maximum(1, np.abs(measured))):
            raise ValueError("the gradient from backward differs from the measured one")

    losses = []
    for _ in range(steps):
        losses.append(loss())
        fresh_gradients()
        for parameter in parameters:
            parameter.data -= lr * parameter.grad
    return losses
