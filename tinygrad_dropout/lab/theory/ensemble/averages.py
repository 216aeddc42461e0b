"""The averages of many subnetworks' predictions. Always say which one you mean: they are different numbers.

With q_m the probability of mask m and P_m(y) the prediction of its subnetwork:

    arithmetic mean     E_m[P_m(y)]         = sum_m q_m P_m(y)
    geometric mean      exp(E_m[ln P_m(y)]) = prod_m P_m(y)^q_m,   then divided by its sum over the classes

The first is what Monte Carlo estimates: the test-time recipe y = E_z[f(x, z)]. The second is what scaling computes in
one pass: exactly if the logits are linear in the mask, approximately otherwise (Goodfellow et al., Deep Learning,
section 7.12; Baldi and Sadowski 2013).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tinygrad_dropout.lab.arrays import Numbers


class Averages:
    """Both means over subnetworks, which are added a few at a time. Only two sums are stored.

    Attributes:
        weight: the sum of the weights so far; 1 after all masks.
    """

    def __init__(self) -> None:
        self.weight = 0.0
        self._probabilities: Numbers = np.zeros(())
        self._logarithms: Numbers = np.zeros(())

    def add(self, log_predictions: Numbers, weights: Numbers) -> None:
        """Add some subnetworks.

        Args:
            log_predictions: shape (masks, ..., classes), the logarithms of their predictions.
            weights: shape (masks,), the probability of each mask.
        """
        self.weight += float(weights.sum())
        self._probabilities = self._probabilities + np.tensordot(weights, np.exp(log_predictions), axes=1)
        self._logarithms = self._logarithms + np.tensordot(weights, log_predictions, axes=1)

    @property
    def arithmetic(self) -> Numbers:
        """sum_m q_m P_m(y), divided by the sum of the weights; shape (..., classes)."""
        return np.asarray(self._probabilities / self.weight)

    @property
    def geometric(self) -> Numbers:
        """prod_m P_m(y)^q_m, divided by its sum over the classes; shape (..., classes)."""
        logarithms = self._logarithms / self.weight
        powers = np.exp(logarithms - logarithms.max(axis=-1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def averages_of(parts: Iterable[tuple[Numbers, Numbers]]) -> Averages:
    """Both means of all (log_predictions, weights), each for a few subnetworks."""
    averages = Averages()
    for log_predictions, weights in parts:
        averages.add(log_predictions, weights)
    return averages
