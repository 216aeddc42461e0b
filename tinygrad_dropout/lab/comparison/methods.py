"""What a network gets against overfitting: dropout, one of its rivals, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from tinygrad_dropout import nn

NOISY_INPUTS = {"dropout": nn.Dropout, "gaussian": nn.GaussianDropout}  # kinds of noise that have a layer of their own
DROPCONNECT = "dropconnect"  # the kind that is part of the linear layers


@dataclass(frozen=True)
class Method:
    """What a network gets against overfitting; by default nothing.

    Attributes:
        label: in sentences, such as "with dropout".
        noise: which kind of noise p and input_p belong to: dropout, gaussian or dropconnect.
        p: the rate of that noise on every hidden layer's outputs; with DropConnect, on the weights after it.
        input_p: the same of the inputs.
        weight_decay: the optimizer's; with Adam it is decoupled from the gradient's scale (AdamW).
        max_norm: the longest incoming weight vector that a unit may have after an update; None for no limit.
        label_smoothing: the share of every label that is spread over all classes, in the training loss only.
        patience: the training stops after so many epochs without an improvement of the validation loss, and keeps the
            best epoch's weights; None for never.
    """

    label: str = "without dropout"
    noise: str = "dropout"
    p: float = 0.0
    input_p: float = 0.0
    weight_decay: float = 0.0
    max_norm: float | None = None
    label_smoothing: float = 0.0
    patience: int | None = None

    def noise_layers(self, p: float, rng: np.random.Generator) -> list[nn.Module]:
        """The layer that stands where inputs or hidden outputs get their noise; none with DropConnect."""
        return [] if self.noise == DROPCONNECT else [NOISY_INPUTS[self.noise](p, rng=rng)]

    def linear(
        self, inputs: int, outputs: int, p: float, weights: np.random.Generator, masks: np.random.Generator
    ) -> nn.Linear:
        """A linear layer, whose weights are dropped with DropConnect. Its initial values do not depend on the noise."""
        if self.noise != DROPCONNECT:
            return nn.Linear(inputs, outputs, rng=weights)
        layer = nn.DropConnect(inputs, outputs, p=p, rng=weights)
        layer.rng = masks
        return layer

    def loss(self, plain: Callable[..., Any]) -> Callable[..., Any]:
        """The loss to train with, from the task's own."""
        return partial(plain, label_smoothing=self.label_smoothing) if self.label_smoothing else plain


PLAIN = Method()
