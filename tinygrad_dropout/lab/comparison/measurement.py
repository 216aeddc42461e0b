"""Measure a network between two epochs, without changing how the training continues."""

from __future__ import annotations

from copy import copy

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import nn
from tinygrad_dropout.lab.arrays import Floats, Numbers
from tinygrad_dropout.lab.comparison.tasks import Task
from tinygrad_dropout.lab.datasets.split import Split
from tinygrad_dropout.training import Batches

ROWS_AT_ONCE = 1024  # limits the memory for MNIST's 60,000 rows

Measured = dict[str, float]


def measure(model: nn.Sequential, split: Split, task: Task, masks: np.random.SeedSequence) -> Measured:
    """Measure the losses and scores of a network.

    The masks for the loss with dropout on come from their own stream, which starts over for every measurement, so no
    measurement depends on another.

    Returns:
        train_loss, test_loss and the task's scores on both parts, all with dropout off; train_loss_dropout_on.
    """
    measured = with_masks_from(np.random.default_rng(masks), model)
    train_loss, train_outputs = loss_and_outputs(measured.eval(), split.x_train, split.y_train, task)
    test_loss, test_outputs = loss_and_outputs(measured, split.x_test, split.y_test, task)
    train_loss_dropout_on, _ = loss_and_outputs(measured.train(), split.x_train, split.y_train, task)
    return {
        "train_loss": train_loss,
        "train_loss_dropout_on": train_loss_dropout_on,
        f"train_{task.score}": task.scores(train_outputs, split.y_train)[task.score],
        "test_loss": test_loss,
        **{f"test_{name}": value for name, value in task.scores(test_outputs, split.y_test).items()},
    }


def with_masks_from(rng: np.random.Generator, model: nn.Sequential) -> nn.Sequential:
    """A network with the same layers, except that copies of the random layers draw from `rng`."""

    def replaced(layer: nn.Module) -> nn.Module:
        if isinstance(layer, nn.RandomLayer):
            layer = copy(layer)  # DropConnect's weights stay the same tensors
            layer.rng = rng
        return layer

    return nn.Sequential(*map(replaced, model))


def loss_and_outputs(model: nn.Module, x: Floats, y: Numbers, task: Task) -> tuple[float, Numbers]:
    """The mean loss over the rows, and the network's outputs, shape (examples, outputs)."""
    loss, outputs = 0.0, []
    with td.no_grad():
        for x_rows, targets in Batches(x, task.targets(y), batch_size=ROWS_AT_ONCE, shuffle=False):
            outputs.append(model(x_rows))
            loss += task.loss(outputs[-1], targets, "sum").item()
    return loss / len(y), np.concatenate([rows.data for rows in outputs])
