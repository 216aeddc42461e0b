"""Two networks, one without dropout and one with it, trained on the same batches from the same initial weights.

"Copy as Python" copies this file unchanged, so it only needs NumPy and the core of the framework.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

import tinygrad_dropout as td
from tinygrad_dropout import nn, optim

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]
Streams = tuple[np.random.SeedSequence, np.random.SeedSequence]  # for the initial weights, and for the masks


def mlp(width: int, depth: int, *, p: float, input_p: float, scaling: str, streams: Streams) -> nn.Sequential:
    """Dropout on the two inputs; then Linear, ReLU and Dropout, `depth` times; then Linear to two logits."""
    weights, masks = map(np.random.default_rng, streams)
    layers: list[nn.Module] = [nn.Dropout(input_p, scaling=scaling, rng=masks)]
    for before, after in pairwise([2] + [width] * depth):
        layers += [nn.Linear(before, after, rng=weights), nn.ReLU(), nn.Dropout(p, scaling=scaling, rng=masks)]
    return nn.Sequential(*layers, nn.Linear(width, 2, rng=weights))


def new_optimizer(name: str, model: nn.Module, lr: float, weight_decay: float) -> optim.SGD | optim.AdamW:
    """A new optimizer. Adam's weight decay is decoupled from the gradients, as in AdamW."""
    if name == "adam":
        return optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)
    momentum = 0.9 if name == "momentum" else 0.0
    return optim.SGD(model.parameters(), lr=lr, momentum=momentum, weight_decay=weight_decay)


class ShuffledRows:
    """Batches of all rows in random order, epoch after epoch; the batch size can change at any time."""

    def __init__(self, rows: int, rng: np.random.Generator) -> None:
        self.rows, self.rng = rows, rng
        self.ahead: Labels = np.empty(0, np.int64)  # the rows left in this epoch
        self.begun = 0  # epochs begun so far

    def take(self, size: int) -> Labels:
        """The next rows, at most `size`; the last batch of an epoch can be smaller."""
        if not self.ahead.size:
            self.ahead = self.rng.permutation(self.rows)
            self.begun += 1
        batch, self.ahead = self.ahead[:size], self.ahead[size:]
        return batch

    @property
    def epochs(self) -> float:
        """The number of epochs so far, a fraction."""
        return self.begun - len(self.ahead) / self.rows


class TwoNetworks:
    """The two networks and their training.

    Args:
        x: float32 of shape (points, 2).
        y: int64 of shape (points,), 0 or 1.
        seed: of all random numbers. Initial weights, batches and masks have separate streams, so dropping units
            changes nothing else.
        width, depth: the units per hidden layer, and the number of hidden layers.
        settings: `p`, `input_p` and `scaling` of the network with dropout; `optimizer`, `lr`, `weight_decay` and
            `batch_size` of both.

    Attributes:
        models, optimizers: "without" and "with" -> the network, its optimizer.
        batch: the rows of the last step.
        losses: "without" and "with" -> the loss of the last step.
    """

    def __init__(self, x: Floats, y: Labels, *, seed: int, width: int, depth: int, **settings: Any) -> None:
        weights, batches, masks = np.random.SeedSequence(seed).spawn(3)
        self.x, self.y, self.settings = x, y, settings
        self.order = ShuffledRows(len(x), np.random.default_rng(batches))
        self.batch: Labels = np.empty(0, np.int64)
        self.losses: dict[str, float] = {}
        rates = {"without": {"p": 0.0, "input_p": 0.0}, "with": {key: settings[key] for key in ("p", "input_p")}}
        self.models = {
            name: mlp(width, depth, **chosen, scaling=settings["scaling"], streams=(weights, masks))
            for name, chosen in rates.items()
        }
        self.restart_optimizers()

    def restart_optimizers(self) -> None:
        """Give both networks a new optimizer."""
        wanted = {key: self.settings[key] for key in ("lr", "weight_decay")}
        name = self.settings["optimizer"]
        self.optimizers = {key: new_optimizer(name, model, **wanted) for key, model in self.models.items()}

    def change(self, name: str, value: Any) -> None:
        """Change a setting, starting with the next step."""
        self.settings[name] = value
        if name == "optimizer":
            self.restart_optimizers()
        elif name in ("lr", "weight_decay"):
            for optimizer in self.optimizers.values():
                setattr(optimizer, name, value)
        elif name != "batch_size":
            on_inputs, *on_hidden = [layer for layer in self.models["with"] if isinstance(layer, nn.Dropout)]
            for layer in {"p": on_hidden, "input_p": [on_inputs]}.get(name, [on_inputs, *on_hidden]):
                setattr(layer, "scaling" if name == "scaling" else "p", value)

    def step(self) -> None:
        """Train both networks on the next batch."""
        self.batch = self.order.take(self.settings["batch_size"])
        for name, model in self.models.items():
            loss = td.functional.cross_entropy(model(td.Tensor(self.x[self.batch])), self.y[self.batch])
            self.optimizers[name].zero_grad()
            loss.backward()
            self.optimizers[name].step()
            self.losses[name] = loss.item()
