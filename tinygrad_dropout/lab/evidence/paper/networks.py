"""The four networks on MNIST: how each is built and trained, and how its errors are counted."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, optim
from tinygrad_dropout.lab.arrays import Floats, Labels
from tinygrad_dropout.lab.comparison.epochs import measured_epochs
from tinygrad_dropout.lab.datasets.split import Split
from tinygrad_dropout.training import Batches, History, fit

BATCH_SIZE = 100
MOMENTUM = 0.9
LAST_RATE = 0.01  # the last learning rate relative to the first; it decays exponentially
ROWS_AT_ONCE = 1000


@dataclass(frozen=True)
class Recipe:
    """The regularization of one network.

    Attributes:
        name: its name in records, tables and pictures.
        p, input_p: the probabilities that a hidden unit and an input are dropped.
        max_norm: whether the norm of each unit's incoming weights is limited.
    """

    name: str
    p: float
    input_p: float
    max_norm: bool


RECIPES = (
    Recipe("standard", 0.0, 0.0, False),
    Recipe("hidden dropout", 0.5, 0.0, False),
    Recipe("+ input dropout", 0.5, 0.2, False),
    Recipe("+ max-norm", 0.5, 0.2, True),
)
STANDARD = RECIPES[0]


@dataclass(frozen=True)
class Settings:
    """The settings that are chosen on the validation part.

    Attributes:
        lr: the learning rate of the first epoch.
        c: the largest norm of a unit's incoming weights; None without max-norm.
    """

    lr: float
    c: float | None = None

    def __str__(self) -> str:
        return f"lr {self.lr:g}" + ("" if self.c is None else f", c {self.c:g}")


RATES = (0.03, 0.06, 0.1, 0.2)
WITH_NORM = tuple(Settings(lr, c) for lr, c in ((0.06, 2.0), (0.1, 2.0), (0.2, 2.0), (0.1, 3.0)))
CANDIDATES = {recipe.name: WITH_NORM if recipe.max_norm else tuple(Settings(lr) for lr in RATES) for recipe in RECIPES}
"""The candidate settings; each network has the same number."""


def build(
    sizes: Sequence[int], recipe: Recipe, weights: np.random.Generator, masks: np.random.Generator
) -> nn.Sequential:
    """Linear and ReLU for each hidden layer, then Linear; dropout as in the recipe.

    Args:
        sizes: the number of inputs, of units of each hidden layer, and of classes.
        recipe: the rates of dropout.
        weights, masks: draw the initial weights, the same for every recipe, and the masks.
    """
    layers: list[nn.Module] = [nn.Dropout(recipe.input_p, rng=masks)] if recipe.input_p else []
    for before, after in pairwise(sizes[:-1]):
        layers += [nn.Linear(before, after, rng=weights), nn.ReLU()]
        layers += [nn.Dropout(recipe.p, rng=masks)] if recipe.p else []
    return nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1], rng=weights))


@np.errstate(over="ignore", invalid="ignore")  # a loss that is not finite is noticed below
def train(
    recipe: Recipe,
    settings: Settings,
    hidden: Sequence[int],
    split: Split,
    epochs: int,
    seed: int,
    after_epoch: Callable[[], None],
) -> dict[str, Any]:
    """Train a network, and count its wrong answers.

    Args:
        recipe, settings: which network, and how it is trained.
        hidden: the units of each hidden layer.
        split: the network is trained on its training part. The errors are counted on its test part, which holds the
            validation examples while settings are chosen.
        epochs: passes over the training part.
        seed: decides the initial weights, the order of the examples and the masks.
        after_epoch: called after every epoch; it can raise an error to end the training.

    Returns:
        curve: for each of `measured_epochs`, epoch and errors (wrong answers, dropout off); errors: the errors after
        the last epoch; updates: the steps of the optimizer. If the loss is no longer a finite number, the training
        ends, every answer counts as wrong, and updates is 0.
    """
    weights, order, masks = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(3))
    sizes = (split.x_train.shape[1], *hidden, int(split.y_train.max()) + 1)
    model = build(sizes, recipe, weights, masks)
    optimizer = optim.SGD(model.parameters(), lr=settings.lr, momentum=MOMENTUM)
    schedule = optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: LAST_RATE ** (epoch / epochs))
    to_measure, curve = frozenset(measured_epochs(epochs)), []

    def constrain() -> None:
        if settings.c is not None:
            optim.max_norm(model.parameters(), settings.c)

    def count(history: History) -> None:
        if (epoch := len(history["train_loss"])) in to_measure:
            curve.append({"epoch": epoch, "errors": errors(model.eval(), split.x_test, split.y_test)})
        after_epoch()

    try:
        fit(
            model,
            Batches(split.x_train, split.y_train, batch_size=BATCH_SIZE, rng=order),
            loss=F.cross_entropy,
            optimizer=optimizer,
            epochs=epochs,
            schedule=schedule,
            after_step=constrain,
            after_epoch=count,
        )
    except FloatingPointError:
        wrong = len(split.y_test)
        return {"curve": [*curve, {"epoch": epochs, "errors": wrong}], "errors": wrong, "updates": 0}
    updates = epochs * math.ceil(len(split.y_train) / BATCH_SIZE)
    return {"curve": curve, "errors": curve[-1]["errors"], "updates": updates}


def errors(model: nn.Module, x: Floats, y: Labels) -> int:
    """Count the examples that the network classifies wrongly."""
    with td.no_grad():
        batches = Batches(x, y, batch_size=ROWS_AT_ONCE, shuffle=False)
        return sum(int((model(rows).data.argmax(axis=1) != labels).sum()) for rows, labels in batches)
