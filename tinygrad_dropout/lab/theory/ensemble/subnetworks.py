"""A network with dropout seen as the ensemble of its subnetworks: one for each mask, all sharing the weights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn
from tinygrad_dropout.functional._masks import Mask
from tinygrad_dropout.lab.arrays import Numbers
from tinygrad_dropout.lab.theory.masks import in_chunks, probabilities

NUMBERS_AT_ONCE = 2**18  # activations in one layer of one chunk: few enough to stay in the processor's cache


class Subnetworks:
    """The subnetworks of a trained network, on fixed inputs.

    Args:
        model: a Sequential that ends in logits and contains at least one Dropout, all with the same p.
        widths: the number of units of each Dropout, in order.
        x: the inputs, shape (examples, features).

    The layers before the first Dropout are the same in all subnetworks, so their output is computed once.
    """

    def __init__(self, model: nn.Sequential, widths: tuple[int, ...], x: Numbers) -> None:
        places = [place for place, layer in enumerate(model) if isinstance(layer, nn.Dropout)]
        self.model, self.widths, self.inputs = model, widths, x
        self.layers = [layer for layer in model if isinstance(layer, nn.Dropout)]
        self.p = self.layers[0].p
        self._after = nn.Sequential(*list(model)[places[0] :])
        with td.no_grad():
            self._before_dropout = nn.Sequential(*list(model)[: places[0]])(td.Tensor(x)).data

    @property
    def units(self) -> int:
        """How many units can be dropped; there are 2^units subnetworks."""
        return sum(self.widths)

    @property
    def masks_at_once(self) -> int:
        """How many subnetworks are run together."""
        return max(1, NUMBERS_AT_ONCE // (len(self.inputs) * max(self.widths)))

    def log_predictions(self, masks: Mask) -> Numbers:
        """The predictions of the subnetworks with these masks.

        Args:
            masks: shape (masks, units): the units of the first Dropout, then those of the second, and so on.

        Returns:
            Logarithms of probabilities, shape (masks, examples, classes).
        """
        each = np.split(masks, np.cumsum(self.widths)[:-1], axis=1)
        shape = (len(masks), *self._before_dropout.shape)
        self.model.train()
        with td.no_grad(), ExitStack() as replays:
            for layer, mask in zip(self.layers, each, strict=True):
                same_for_all_examples = np.broadcast_to(mask[:, None, :], (*shape[:2], mask.shape[1]))
                replays.enter_context(layer.replay(same_for_all_examples))
            return F.log_softmax(self._after(td.Tensor(np.broadcast_to(self._before_dropout, shape)))).data

    def all(self) -> Iterator[tuple[Numbers, Numbers]]:
        """(log_predictions, probabilities) of all 2^units subnetworks, a few at a time."""
        for masks in in_chunks(self.units, self.masks_at_once):
            yield self.log_predictions(masks), probabilities(masks, self.p)

    def some(self, masks: Mask) -> Iterable[Numbers]:
        """`log_predictions` of a long list of masks, a few at a time."""
        for first in range(0, len(masks), self.masks_at_once):
            yield self.log_predictions(masks[first : first + self.masks_at_once])

    def weight_scaling(self) -> Numbers:
        """The prediction of the whole network in one pass in eval mode: probabilities of shape (examples, classes)."""
        self.model.eval()
        with td.no_grad():
            return F.softmax(self.model(td.Tensor(self.inputs))).data
