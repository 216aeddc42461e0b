"""A network's method against overfitting: dropout, one of its rivals, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from tinygrad_dropout import nn

NOISY_INPUTS = {"dropout": nn.Dropout, "gaussian": nn.GaussianDropout}  # kinds of noise with their own layer
DROPCONNECT = "dropconnect"  # the kind that is built into the linear layers


@dataclass(frozen=True)
class Method:
    """A method against overfitting; by default none.

    Attributes:
        label: its name in sentences, such as "with dropout".
        noise: the kind of noise: dropout, gaussian or dropconnect.
        p: the rate of the noise on the outputs of every hidden layer; for DropConnect, on the weights after it.
        input_p: the rate of the noise on the inputs.
        weight_decay: the optimizer's weight decay; with Adam it is decoupled from the gradients (AdamW).
        max_norm: the largest norm of a unit's incoming weights after an update; None for no limit.
        label_smoothing: the share of every label that is spread over all classes, in the training loss only.
        patience: the number of epochs without an improvement of the validation loss after which training stops and
            keeps the weights of the best epoch; None for no early stopping.
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
        """The layer that adds the noise to inputs or hidden outputs; none for DropConnect."""
        return [] if self.noise == DROPCONNECT else [NOISY_INPUTS[self.noise](p, rng=rng)]

    def linear(
        self, inputs: int, outputs: int, p: float, weights: np.random.Generator, masks: np.random.Generator
    ) -> nn.Linear:
        """A linear layer; for DropConnect, one that drops weights. Its initial values do not depend on the noise."""
        if self.noise != DROPCONNECT:
            return nn.Linear(inputs, outputs, rng=weights)
        layer = nn.DropConnect(inputs, outputs, p=p, rng=weights)
        layer.rng = masks
        return layer

    def loss(self, plain: Callable[..., Any]) -> Callable[..., Any]:
        """The training loss, given the task's plain loss."""
        return partial(plain, label_smoothing=self.label_smoothing) if self.label_smoothing else plain


PLAIN = Method()
