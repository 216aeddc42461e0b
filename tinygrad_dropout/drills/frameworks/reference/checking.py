# stage 4
"""Checks gradients with finite differences, which use none of the rules."""

import numpy as np

H = 6e-6  # near the cube root of float64's precision, where rounding and truncation errors are about equal


def gradcheck(function, *inputs):
    """Whether backward agrees with (f(x + h) - f(x - h)) / 2h, for every entry of the inputs that require a gradient.

    A random upstream gradient turns a result of any shape into one number; ones would hide a rule that ignores it.
    """
    result = function(*inputs)
    upstream = np.random.default_rng(0).normal(size=result.shape)
    kept = [tensor.grad for tensor in inputs]
    for tensor in inputs:
        tensor.grad = None
    result.backward(upstream)
    found = [tensor.grad for tensor in inputs]
    for tensor, grad in zip(inputs, kept):
        tensor.grad = grad

    def loss():
        return (function(*inputs).data * upstream).sum()

    return all(
        np.allclose(np.zeros(tensor.shape) if grad is None else grad, slopes(loss, tensor), rtol=1e-5, atol=1e-7)
        for tensor, grad in zip(inputs, found)
        if tensor.requires_grad
    )


def slopes(loss, tensor):
    """The central difference for each entry."""
    found, original = np.zeros(tensor.shape), tensor.data
    for place in np.ndindex(tensor.shape):
        step = H * max(1.0, abs(original[place]))
        ends = []
        for sign in (1, -1):
            tensor.data = original.copy()
            tensor.data[place] += sign * step
            ends.append(loss())
        found[place] = (ends[0] - ends[1]) / (2 * step)
    tensor.data = original
    return found
