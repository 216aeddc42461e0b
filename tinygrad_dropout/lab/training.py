"""One arm of a comparison: an MLP is trained, with dropout or without, and measured after some of its epochs."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, optim
from tinygrad_dropout.lab.config import Config
from tinygrad_dropout.lab.datasets.split import Floats, Labels, Split, digest_of
from tinygrad_dropout.lab.epochs import measured_epochs
from tinygrad_dropout.lab.errors import LabError
from tinygrad_dropout.training import Batches, History, fit

SGD_MOMENTUM = 0.9
ROWS_AT_ONCE = 1024  # in measurements, so that MNIST's 60,000 rows take little memory

Record = dict[str, float]


@dataclass(frozen=True)
class Streams:
    """Where every kind of chance in a pair comes from: one stream each, so that dropout's use of one moves no other."""

    split: np.random.SeedSequence
    label_noise: np.random.SeedSequence
    weights: np.random.SeedSequence
    batches: np.random.SeedSequence
    masks: np.random.SeedSequence
    measurement: np.random.SeedSequence

    @classmethod
    def from_seed(cls, seed: int) -> Streams:
        return cls(*np.random.SeedSequence(seed).spawn(6))


@dataclass(frozen=True)
class Arm:
    """A trained arm.

    Attributes:
        records: what was measured, for each of `measured_epochs`: epoch (from 1), train_loss and train_accuracy and
            test_loss and test_accuracy (all with dropout off), train_loss_dropout_on. Losses are means in nats,
            accuracies fractions.
        shared: what the other arm must have had too: the digests of the split, of the initial weights and of the
            order of the examples, the number of updates, the optimiser and its learning rate.
        dropped: for every dropout layer, how many units it dropped in all the training, and of how many.
    """

    records: list[Record]
    shared: dict[str, Any]
    dropped: list[tuple[int, int]]


def mlp(
    features: int, hidden: tuple[int, ...], classes: int, p: float, input_p: float, streams: Streams
) -> nn.Sequential:
    """Dropout on the inputs, then Linear, ReLU and dropout for every hidden layer, then Linear.

    Both arms have the same layers, so that their weights have the same names; in the arm without dropout p is 0.
    """
    weights, masks = np.random.default_rng(streams.weights), np.random.default_rng(streams.masks)
    layers: list[nn.Module] = [nn.Dropout(input_p, rng=masks)]
    for inputs, outputs in pairwise((features, *hidden)):
        layers += [nn.Linear(inputs, outputs, rng=weights), nn.ReLU(), nn.Dropout(p, rng=masks)]
    return nn.Sequential(*layers, nn.Linear(hidden[-1], classes, rng=weights))


@np.errstate(over="ignore", invalid="ignore")  # a loss that is not finite is an error below
def train(
    config: Config, classes: int, split: Split, streams: Streams, dropout: bool, after_epoch: Callable[[], None]
) -> Arm:
    """Train one arm and measure it.

    Args:
        config: the network and how it is trained.
        classes: the number of labels.
        split: the data.
        streams: the pair's streams.
        dropout: False for the arm without dropout.
        after_epoch: is called after every epoch; may raise to end the training.

    Raises:
        LabError: the loss is no longer a finite number.
    """
    p, input_p = (config.p, config.input_p) if dropout else (0.0, 0.0)
    features = split.x_train.shape[1]
    model = mlp(features, config.hidden, classes, p, input_p, streams)
    initial_weights = digest_of(*model.state_dict().values())
    dropout_layers = [module for module in model.modules() if isinstance(module, nn.Dropout)]
    dropped = np.zeros((len(dropout_layers), 2), int)
    optimizer = build_optimizer(config, model)
    batches = CountedBatches(split, config.batch_size, np.random.default_rng(streams.batches))
    records: list[Record] = []
    to_measure = frozenset(measured_epochs(config.epochs))

    def count_dropped() -> None:
        nonlocal dropped
        dropped += np.array([last_dropped(layer) for layer in dropout_layers])

    def measure_epoch(history: History) -> None:
        epoch = len(history["train_loss"])
        if epoch in to_measure:
            records.append({"epoch": epoch, **measure(model, split, streams.measurement)})
            if not all(map(math.isfinite, records[-1].values())):
                raise FloatingPointError
        after_epoch()

    try:
        fit(
            model,
            batches,
            loss=F.cross_entropy,
            optimizer=optimizer,
            epochs=config.epochs,
            after_step=count_dropped,
            after_epoch=measure_epoch,
        )
    except FloatingPointError:
        raise LabError(
            f"after epoch {batches.epochs} {'with' if dropout else 'without'} dropout the loss was not a finite "
            f"number: try a learning rate below {config.learning_rate:g}"
        ) from None
    shared = {
        "split": split.digest(),
        "initial_weights": initial_weights,
        "order": batches.order.hexdigest(),
        "updates": batches.updates,
        "optimizer": type(optimizer).__name__,
        "learning_rate": optimizer.lr,
    }
    return Arm(records, shared, [(units, of) for units, of in dropped.tolist()])


def build_optimizer(config: Config, model: nn.Module) -> optim.Adam | optim.SGD:
    """The optimiser that the configuration names."""
    if config.optimizer == "sgd":
        return optim.SGD(model.parameters(), lr=config.learning_rate, momentum=SGD_MOMENTUM)
    return optim.Adam(model.parameters(), lr=config.learning_rate)


def last_dropped(layer: nn.Dropout) -> tuple[int, int]:
    """How many units the layer dropped in its last forward in training mode, and of how many."""
    assert layer.mask is not None, "the layer was in training mode"
    return layer.mask.size - int(np.count_nonzero(layer.mask)), layer.mask.size


class CountedBatches:
    """The training examples in batches; counts epochs and updates, and keeps a digest of the order of the examples."""

    def __init__(self, split: Split, batch_size: int, rng: np.random.Generator) -> None:
        indices = np.arange(len(split.y_train))
        self.batches = Batches(indices, split.x_train, split.y_train, batch_size=batch_size, rng=rng)
        self.order, self.epochs, self.updates = hashlib.sha256(), 0, 0

    def __iter__(self) -> Iterator[tuple[Floats, Labels]]:
        self.epochs += 1
        for indices, x, y in self.batches:
            self.order.update(indices.tobytes())
            self.updates += 1
            yield x, y


def measure(model: nn.Sequential, split: Split, masks: np.random.SeedSequence) -> Record:
    """The losses and accuracies of a record.

    The masks for the loss with dropout on come from a stream of their own, each time from its beginning: training goes
    on as if nothing had been measured, and no measurement depends on another.
    """
    measured = with_masks_from(np.random.default_rng(masks), model)
    train_loss, train_accuracy = loss_and_accuracy(measured.eval(), split.x_train, split.y_train)
    test_loss, test_accuracy = loss_and_accuracy(measured, split.x_test, split.y_test)
    train_loss_dropout_on, _ = loss_and_accuracy(measured.train(), split.x_train, split.y_train)
    return {
        "train_loss": train_loss,
        "train_loss_dropout_on": train_loss_dropout_on,
        "train_accuracy": train_accuracy,
        "test_loss": test_loss,
        "test_accuracy": test_accuracy,
    }


def with_masks_from(rng: np.random.Generator, model: nn.Sequential) -> nn.Sequential:
    """The same layers, with each dropout layer replaced by one that has the same p and draws from `rng`."""
    return nn.Sequential(*(nn.Dropout(layer.p, rng=rng) if isinstance(layer, nn.Dropout) else layer for layer in model))


def loss_and_accuracy(model: nn.Module, x: Floats, y: Labels) -> tuple[float, float]:
    """Mean cross-entropy in nats, and the fraction of right answers."""
    loss, right = 0.0, 0
    with td.no_grad():
        for x_rows, y_rows in Batches(x, y, batch_size=ROWS_AT_ONCE, shuffle=False):
            logits = model(x_rows)
            loss += F.cross_entropy(logits, y_rows, reduction="sum").item()
            right += int((logits.data.argmax(axis=1) == y_rows).sum())
    return loss / len(y), right / len(y)
