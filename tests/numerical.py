"""Gradients by central finite differences, independent of the framework and of its gradcheck."""

from collections.abc import Callable, Sequence

import numpy as np

STEP = 1e-5


def numerical_gradient(
    function: Callable[..., np.ndarray], inputs: Sequence[np.ndarray], index: int, upstream: np.ndarray
) -> np.ndarray:
    """Return d(sum of upstream * function(*inputs)) / d(inputs[index]), entry by entry, in float64."""
    inputs = [array.copy() for array in inputs]
    moved = inputs[index]
    gradient = np.zeros_like(moved)
    for entry in np.ndindex(moved.shape):
        original = moved[entry]
        moved[entry] = original + STEP
        above = np.array(function(*inputs))  # a copy, because the function may return a view
        moved[entry] = original - STEP
        below = np.array(function(*inputs))
        moved[entry] = original
        gradient[entry] = np.sum(upstream * (above - below)) / (2 * STEP)
    return gradient
