"""One training run: train an MLP, with or without dropout, and measure it after some of its epochs."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from tinygrad_dropout import nn, optim
from tinygrad_dropout.lab.arrays import Floats, Numbers, digest_of
from tinygrad_dropout.lab.comparison.config import Config
from tinygrad_dropout.lab.comparison.epochs import measured_epochs
from tinygrad_dropout.lab.comparison.measurement import Measured, measure
from tinygrad_dropout.lab.comparison.methods import Method
from tinygrad_dropout.lab.comparison.tasks import Task
from tinygrad_dropout.lab.datasets.split import Split
from tinygrad_dropout.lab.errors import DivergedError
from tinygrad_dropout.training import Batches, EarlyStopping, History, fit

SGD_MOMENTUM = 0.9


@dataclass(frozen=True)
class Streams:
    """The random streams of a pair, one per purpose, so that drawing masks changes nothing else."""

    split: np.random.SeedSequence
    label_noise: np.random.SeedSequence
    weights: np.random.SeedSequence
    batches: np.random.SeedSequence
    masks: np.random.SeedSequence
    measurement: np.random.SeedSequence
    validation: np.random.SeedSequence

    @classmethod
    def from_seed(cls, seed: int) -> Streams:
        return cls(*np.random.SeedSequence(seed).spawn(7))


@dataclass(frozen=True)
class TrainingRun:
    """The result of one training run.

    Attributes:
        curve: the measurements after the `measured_epochs`: the epoch (from 1), and the figures of `measure`.
        final: the same for the final network, which is that of the best epoch with early stopping and else of the last.
        epochs: the number of epochs trained.
        shared: everything that must be equal in the other arm of the pair: the digests of the split, of the initial
            weights and of the order of the examples, the number of updates, the optimizer and its learning rate. With
            early stopping, each arm ends at its own time. Then the order is that of the first epoch, the updates are
            left out, and the digest of the validation part is added.
        dropped: for each dropout layer, the number of units dropped during training, and the number of draws.
    """

    curve: list[Measured]
    final: Measured
    epochs: int
    shared: dict[str, Any]
    dropped: list[list[int]]


def mlp(features: int, hidden: tuple[int, ...], outputs: int, method: Method, streams: Streams) -> nn.Sequential:
    """Dropout on the inputs, then Linear, ReLU and dropout for every hidden layer, then Linear.

    Both arms have the same layers, so that their weights have the same names; without dropout, p is 0. Other kinds of
    noise replace dropout. DropConnect is built into the linear layers and drops the weights that follow.
    """
    weights, masks = np.random.default_rng(streams.weights), np.random.default_rng(streams.masks)
    rates = (method.input_p, *(method.p for _ in hidden))
    layers = method.noise_layers(method.input_p, masks)
    for (before, after), p in zip(pairwise((features, *hidden)), rates, strict=False):
        linear = method.linear(before, after, p, weights, masks)
        layers += [linear, nn.ReLU(), *method.noise_layers(method.p, masks)]
    return nn.Sequential(*layers, method.linear(hidden[-1], outputs, method.p, weights, masks))


def train(
    config: Config, task: Task, split: Split, streams: Streams, method: Method, after_epoch: Callable[[], None]
) -> TrainingRun:
    """Train one arm and measure it after each of `measured_epochs`: see `train_network`."""
    return train_network(config, task, split, streams, method, after_epoch, measured_epochs(config.epochs))[1]


@np.errstate(over="ignore", invalid="ignore")  # a loss that is not finite raises an error below
def train_network(
    config: Config,
    task: Task,
    split: Split,
    streams: Streams,
    method: Method,
    after_epoch: Callable[[], None],
    measured: Collection[int],
) -> tuple[nn.Sequential, TrainingRun]:
    """Train one network and measure it.

    Args:
        config: the options of the network and its training.
        task: what the network should predict.
        split: the data, with a validation part if the method stops early.
        streams: the random streams of the pair.
        method: the method against overfitting.
        after_epoch: called after every epoch; can raise to end the training.
        measured: the epochs after which to measure; they include the last one.

    Returns:
        The network, in evaluation mode, and its measurements.

    Raises:
        DivergedError: the loss is no longer finite.
    """
    model = mlp(split.x_train.shape[1], config.hidden, task.outputs, method, streams)
    initial_weights = digest_of(*model.state_dict().values())
    dropout_layers = [module for module in model.modules() if isinstance(module, nn.Dropout)]
    dropped = np.zeros((len(dropout_layers), 2), int)
    optimizer = build_optimizer(config, model, method.weight_decay)
    batches = CountedBatches(split, task, config.batch_size, np.random.default_rng(streams.batches))
    validation, early_stopping, shared_validation = None, None, {}
    if split.x_validation is not None and split.y_validation is not None:
        shared_validation = {"validation": digest_of(split.x_validation, split.y_validation)}
        if method.patience is not None:
            validation = split.x_validation, task.targets(split.y_validation)
            early_stopping = EarlyStopping(method.patience)
    curve: list[Measured] = []

    def measure_now() -> Measured:
        measured = measure(model, split, task, streams.measurement)
        if not all(map(math.isfinite, measured.values())):
            raise FloatingPointError
        return measured

    def after_step() -> None:
        nonlocal dropped
        if method.max_norm is not None:
            optim.max_norm(model.parameters(), method.max_norm)
        if dropout_layers:
            dropped += np.array([last_dropped(layer) for layer in dropout_layers])

    def measure_epoch(history: History) -> None:
        if (epoch := len(history["train_loss"])) in measured:
            curve.append({"epoch": epoch, **measure_now()})
        after_epoch()

    try:
        history = fit(
            model,
            batches,
            loss=method.loss(task.loss),
            optimizer=optimizer,
            epochs=config.epochs,
            validate=validation,
            early_stopping=early_stopping,
            after_step=after_step,
            after_epoch=measure_epoch,
        )
        final = curve[-1] if early_stopping is None else {"epoch": early_stopping.best_epoch, **measure_now()}
    except FloatingPointError:
        raise DivergedError(
            f"{method.label}, the loss was no longer a finite number in epoch "
            f"{batches.epochs}: try a learning rate below {config.learning_rate:g}"
        ) from None
    shared = {
        "split": split.digest(),
        **shared_validation,
        "initial_weights": initial_weights,
        "order": batches.first_order if early_stopping else batches.order.hexdigest(),
        **({} if early_stopping else {"updates": batches.updates}),
        "optimizer": type(optimizer).__name__,
        "learning_rate": optimizer.lr,
    }
    return model, TrainingRun(curve, final, len(history["train_loss"]), shared, dropped.tolist())


def build_optimizer(config: Config, model: nn.Module, weight_decay: float = 0) -> optim.Adam | optim.SGD:
    """The optimizer of the configuration; with weight decay, AdamW instead of Adam."""
    parameters, lr = model.parameters(), config.learning_rate
    if config.optimizer == "sgd":
        return optim.SGD(parameters, lr=lr, momentum=SGD_MOMENTUM, weight_decay=weight_decay)
    return optim.AdamW(parameters, lr=lr, weight_decay=weight_decay) if weight_decay else optim.Adam(parameters, lr=lr)


def last_dropped(layer: nn.Dropout) -> tuple[int, int]:
    """The number of units that the layer dropped in its last forward in training mode, and the number of all units."""
    assert layer.mask is not None, "the layer was in training mode"
    return layer.mask.size - int(np.count_nonzero(layer.mask)), layer.mask.size


class CountedBatches:
    """Batches of the training examples that count epochs and updates, and keep a digest of the examples' order."""

    def __init__(self, split: Split, task: Task, batch_size: int, rng: np.random.Generator) -> None:
        indices = np.arange(len(split.y_train))
        self.batches = Batches(indices, split.x_train, task.targets(split.y_train), batch_size=batch_size, rng=rng)
        self.order, self.epochs, self.updates = hashlib.sha256(), 0, 0
        self.first_order = ""  # the digest of the first epoch

    def __iter__(self) -> Iterator[tuple[Floats, Numbers]]:
        self.epochs += 1
        for indices, x, y in self.batches:
            self.order.update(indices.tobytes())
            self.updates += 1
            yield x, y
        self.first_order = self.first_order or self.order.hexdigest()
