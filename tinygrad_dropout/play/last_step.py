"""The last training step, with everything needed to repeat it: for its picture and for its replay."""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import nn, study
from tinygrad_dropout.autograd.tensor import Array
from tinygrad_dropout.functional._masks import Mask
from tinygrad_dropout.play.two_networks import Floats, Labels, mlp

CODE = """\
logits = model(x)
loss = td.functional.cross_entropy(logits, labels)
loss.backward()
"""


@dataclass(frozen=True)
class LastStep:
    """The last training step of one network.

    Attributes:
        name: such as `step 1,455 with dropout`.
        weights: a copy of the state_dict before the step.
        masks: one per Dropout layer, bool of shape (batch, units), True where a unit was kept.
        rates: the p of each Dropout layer.
        scaling: "train" or "test".
        x, y: the batch, of shapes (batch, 2) and (batch,).
    """

    name: str
    weights: dict[str, Array]
    masks: list[Mask]
    rates: list[float]
    scaling: str
    x: Floats
    y: Labels

    def network(self) -> nn.Sequential:
        """A copy of the network as it was before the step."""
        biases = [value for key, value in self.weights.items() if key.endswith("bias")]
        input_p, p = self.rates[0], self.rates[-1]
        streams = (
            np.random.SeedSequence(0),
        ) * 2  # everything drawn is replaced: the weights below, the masks by masks_in
        model = mlp(len(biases[0]), len(biases) - 1, p=p, input_p=input_p, scaling=self.scaling, streams=streams)
        model.load_state_dict(self.weights)
        return model

    @contextmanager
    def masks_in(self, model: nn.Module) -> Iterator[None]:
        """Within the context, a network drops the units that were dropped in the step."""
        with ExitStack() as replayed:
            for layer, mask in zip(dropout_layers(model), self.masks, strict=True):
                replayed.enter_context(layer.replay(mask))
            yield

    def replay(self) -> study.Replay:
        """Record the step's backward pass, as the lines of CODE with the names used there.

        Unlike in training, the gradient goes back to the inputs, so that dropout on them is visible, too.
        """
        model, x = self.network(), td.Tensor(self.x, requires_grad=True)
        names = {"__name__": self.name, "td": td, "model": model, "x": x, "labels": self.y}
        linecache.cache[self.name] = (len(CODE), None, CODE.splitlines(keepends=True), self.name)
        with self.masks_in(model), study.record() as replay:
            exec(compile(CODE, self.name, "exec"), names)
        return replay


def dropout_layers(model: nn.Module) -> list[nn.Dropout]:
    """The Dropout layers, from the inputs to the last hidden layer."""
    return [layer for layer in model.modules() if isinstance(layer, nn.Dropout)]


def linear_layers(model: nn.Module) -> list[nn.Linear]:
    """The Linear layers, from the first hidden layer to the logits."""
    return [layer for layer in model.modules() if isinstance(layer, nn.Linear)]
