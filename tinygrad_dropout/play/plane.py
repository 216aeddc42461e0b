"""The output at every point of the plane: of the whole network, and of each unit."""

from __future__ import annotations

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import nn
from tinygrad_dropout.autograd.tensor import Array
from tinygrad_dropout.nn.modes import restore_modes
from tinygrad_dropout.play.settings import PLANE
from tinygrad_dropout.play.two_networks import Floats

GRID = 40  # points along each side of the plane
EVERY = 2  # the picture of a unit has every second of them


def grid_points() -> Floats:
    """The points of the plane, row by row from the top: shape (GRID * GRID, 2)."""
    along = (np.arange(GRID) + 0.5) / GRID * 2 * PLANE - PLANE
    x, y = np.meshgrid(along, -along)
    return np.stack([x, y], axis=-1).reshape(-1, 2).astype(np.float32)


def layer_outputs(model: nn.Sequential, x: Floats) -> tuple[list[Floats], Floats]:
    """In evaluation mode, the outputs of the hidden layers, each of shape (points, width), and the logits."""
    hidden = []
    with restore_modes(model), td.no_grad():
        model.eval()
        signal = td.Tensor(x)
        for layer in model:
            signal = layer(signal)
            if isinstance(layer, nn.ReLU):
                hidden.append(signal.data)
    return [np.nan_to_num(outputs) for outputs in hidden], np.nan_to_num(signal.data)  # in case it diverged


def probabilities(logits: Floats) -> Floats:
    """The probability of class 1: shape (points,)."""
    with td.no_grad():
        return td.Tensor(logits).softmax().data[:, 1]


def plane_pictures(model: nn.Sequential) -> tuple[Array, Array]:
    """The pictures of a network and of its units.

    Returns:
        uint8 (GRID, GRID), the probability of class 1 in 255ths; and uint8 (layers, width, GRID / 2, GRID / 2), each
        hidden unit's output relative to its largest.
    """
    hidden, logits = layer_outputs(model, POINTS)
    whole = (255 * probabilities(logits)).astype(np.uint8).reshape(GRID, GRID)
    units = []
    for outputs in hidden:
        pictures = outputs.reshape(GRID, GRID, -1)[::EVERY, ::EVERY]
        largest = np.maximum(pictures.max(axis=(0, 1)), 1e-12)
        units.append((pictures * (255 / largest)).astype(np.uint8).transpose(2, 0, 1))
    return whole, np.stack(units)


POINTS = grid_points()
