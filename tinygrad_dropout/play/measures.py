"""The numbers next to the pictures: loss, accuracy, the accuracy of single units, activations, norms."""

from __future__ import annotations

from typing import Any

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import nn
from tinygrad_dropout.nn.modes import restore_modes
from tinygrad_dropout.play.last_step import dropout_layers, linear_layers
from tinygrad_dropout.play.two_networks import Floats, Labels

BINS = 24


def loss_and_accuracy(model: nn.Module, x: Floats, y: Labels, masks: np.random.Generator | None) -> list[float] | None:
    """The mean loss and the accuracy on some points; None if there are no points.

    Args:
        model: the network; its modes and generators are restored.
        x, y: the points, of shapes (points, 2) and (points,).
        masks: the generator that draws the masks; None for evaluation mode, which drops nothing.
    """
    if not len(y):
        return None
    own = [(layer, layer.rng) for layer in dropout_layers(model)]
    with restore_modes(model), td.no_grad():
        model.train(masks is not None)
        try:
            for layer, _ in own:
                layer.rng = masks  # measuring must not change the masks that training draws
            logits = model(td.Tensor(x))
        finally:
            for layer, rng in own:
                layer.rng = rng
        loss = td.functional.cross_entropy(logits, y).item()
    return [loss, float((logits.argmax(axis=1) == y).mean())]


def accuracy_alone(outputs: Floats, y: Labels) -> Floats:
    """The share of the points that each unit classifies correctly by itself, with its best threshold and direction.

    Args:
        outputs: of shape (points, units).
        y: of shape (points,), 0 or 1.

    Returns:
        float32 of shape (units,); at least the share of the larger class.
    """
    units = np.ascontiguousarray(outputs.T)
    order = np.argsort(units, axis=1)
    ranked = np.take_along_axis(units, order, axis=1)
    ones_below = np.cumsum(y[order], axis=1, dtype=np.int32)  # up to each position in the order
    zeros_below = np.arange(1, len(y) + 1, dtype=np.int32) - ones_below
    right = zeros_below + (np.int32(y.sum()) - ones_below)  # points above the threshold count as class 1
    right = np.maximum(right, len(y) - right)
    right[:, :-1][ranked[:, 1:] == ranked[:, :-1]] = 0  # no threshold fits between equal outputs
    shares: Floats = (right.max(axis=1) / len(y)).astype(np.float32)
    return shares


def activation_counts(outputs: list[Floats], largest: list[float]) -> list[dict[str, Any]]:
    """A histogram of each hidden layer's outputs: the share of zeros, and the counts of the others by bin.

    Args:
        outputs: one array per layer, of shape (points, units).
        largest: the upper end of the last bin, for each layer.
    """
    return [
        {
            "zeros": float((layer == 0).mean()),
            "counts": np.histogram(layer[layer > 0], BINS, (0, end or 1))[0].tolist(),
        }
        for layer, end in zip(outputs, largest, strict=True)
    ]


def weight_norms(model: nn.Module) -> list[float]:
    """The L2 norm of each Linear layer's weights."""
    return [float(np.linalg.norm(layer.weight.data)) for layer in linear_layers(model)]
