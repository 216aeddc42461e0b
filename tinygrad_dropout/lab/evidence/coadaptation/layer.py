"""How the units of one hidden layer work together: one at a time, in pairs, and when many of them are removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn
from tinygrad_dropout.lab.arrays import Labels, Numbers
from tinygrad_dropout.training import predict


@dataclass(frozen=True)
class Layer:
    """A hidden layer of a trained network, and the rest of the network after it.

    A removed unit's activation is set to 0. The others are not scaled to compensate.

    Attributes:
        activations: after the ReLU, at test time, shape (examples, units). With inverted dropout, they have the scale
            of the mean in training: they are not multiplied by 1 - p.
        rest: the layers that follow, in evaluation mode.
        labels: the true labels, shape (examples,).
    """

    activations: Numbers
    rest: nn.Sequential
    labels: Labels

    @classmethod
    def of(cls, model: nn.Sequential, number: int, x: Numbers, labels: Labels) -> Layer:
        """Take a hidden layer, counted from 1, of an `mlp`. This converts the network to float64."""
        model.double()
        relus = [place for place, module in enumerate(model) if isinstance(module, nn.ReLU)]
        behind = relus[number - 1] + 1
        return cls(predict(model[:behind], x.astype(np.float64)), nn.Sequential(*model[behind:]), labels)

    def head(self, rows: int) -> Layer:
        """The layer on the first examples."""
        return Layer(self.activations[:rows], self.rest, self.labels[:rows])

    def outputs(self, removed: Sequence[int] | Labels = ()) -> Numbers:
        """The network's outputs without some of the units, shape (examples, outputs)."""
        activations = self.activations.copy()
        activations[:, removed] = 0
        with td.no_grad():
            outputs: Numbers = self.rest(activations).data
        return outputs

    def loss(self, removed: Sequence[int] | Labels = ()) -> float:
        """The mean cross-entropy without some of the units."""
        return float(F.cross_entropy(self.outputs(removed), self.labels).item())

    def accuracy(self, removed: Sequence[int] | Labels = ()) -> float:
        """The fraction of right answers without some of the units."""
        return float(np.mean(self.outputs(removed).argmax(axis=1) == self.labels))

    def ablated(self, fractions: Numbers, orders: Labels) -> Numbers:
        """The accuracy as more and more units are removed, the mean over random orders.

        Args:
            fractions: the fractions of units to remove, always the first ones in the order.
            orders: orders of all units, shape (orders, units).

        Returns:
            Shape (fractions,).
        """
        counts = np.rint(fractions * orders.shape[1]).astype(int)
        return np.array([np.mean([self.accuracy(order[:count]) for order in orders]) for count in counts])

    def single_effects(self) -> Numbers:
        """The increase in the loss when each unit is removed, shape (units,)."""
        whole = self.loss()
        return np.array([self.loss([unit]) - whole for unit in range(self.activations.shape[1])])

    def interactions(self, pairs: Labels, singles: Numbers) -> Numbers:
        """The increase in the loss without both units of a pair, minus the increases without each: d_ij - d_i - d_j.

        Above 0, they can replace each other: removing one hurts only if the other is removed too. Below 0, they need
        each other: without one, the other is of little use.

        Args:
            pairs: shape (pairs, 2).
            singles: the result of `single_effects`.

        Returns:
            Shape (pairs,).
        """
        whole = self.loss()
        both = np.array([self.loss(pair) - whole for pair in pairs])
        return np.asarray(both - singles[pairs].sum(axis=1))
