"""The step that was just made, kept so that it can be made again: for its picture, and for its replay."""

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
    """One network's last training step, before its optimizer changed the weights.

    Attributes:
        name: `step 1,455 with dropout`.
        weights: the state_dict from before the step; copies.
        masks: of each Dropout layer, bool of shape (batch, units), True where a unit was kept.
        rates: of each Dropout layer, its p.
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
        """A network of its own, as it was before the step."""
        biases = [value for key, value in self.weights.items() if key.endswith("bias")]
        input_p, p = self.rates[0], self.rates[-1]
        streams = (np.random.SeedSequence(0),) * 2  # what is drawn is replaced: the weights here, the masks by masks_in
        model = mlp(len(biases[0]), len(biases) - 1, p=p, input_p=input_p, scaling=self.scaling, streams=streams)
        model.load_state_dict(self.weights)
        return model

    @contextmanager
    def masks_in(self, model: nn.Module) -> Iterator[None]:
        """Inside, a network drops what was dropped in the step."""
        with ExitStack() as replayed:
            for layer, mask in zip(dropout_layers(model), self.masks, strict=True):
                replayed.enter_context(layer.replay(mask))
            yield

    def replay(self) -> study.Replay:
        """The step's backward pass, recorded: of the lines of CODE, under the names that stand there.

        The gradient goes on to the inputs, which training has no use for, so that dropout on them is seen, too.
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
