"""What one example did in the last step: what each unit passed on, what came back, and which connections carried it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import nn
from tinygrad_dropout.autograd.tensor import Array
from tinygrad_dropout.functional._masks import Mask
from tinygrad_dropout.play.last_step import LastStep, linear_layers
from tinygrad_dropout.play.two_networks import Floats

MOST_CONNECTIONS = 120  # that are drawn between two layers: the strongest


@dataclass(frozen=True)
class Connections:
    """The strongest connections between two layers, the weakest first.

    Attributes:
        sources, targets: uint8, the units that they lead from and to.
        strengths: int8, up to 127 for the strongest; below 0 where it is negative.
    """

    sources: Array
    targets: Array
    strengths: Array


@dataclass(frozen=True)
class Signals:
    """One example in the forward and in the backward pass. The lists go from the inputs to the logits.

    Attributes:
        values: of each layer's units, after dropout: what was passed on.
        grads: of each layer's units, before dropout: dL/d(unit), which is 0 where the unit was dropped.
        kept: of each layer's units, False where the unit was dropped.
        forward: between each two layers, the connections by weight x value. None leads to a dropped unit: what it
            gets is lost.
        backward: the same by dL/dweight, this example's part of it.
    """

    values: list[Floats]
    grads: list[Floats]
    kept: list[Mask]
    forward: list[Connections]
    backward: list[Connections]


def signals_of(step: LastStep, example: int) -> Signals:
    """Make a step again, and follow one example of its batch through it."""
    model = step.network()
    with step.masks_in(model):
        passed_on, units, sums = [], [td.Tensor(step.x, requires_grad=True)], []
        signal = units[0]
        for layer in model:
            signal = layer(signal)
            if isinstance(layer, nn.Dropout):
                passed_on.append(signal)
            elif isinstance(layer, nn.ReLU):
                units.append(signal)
            else:
                sums.append(signal)
        for tensor in [*units[1:], *sums]:
            tensor.retain_grad()
        td.functional.cross_entropy(signal, step.y).backward()
    kept: list[Mask] = [mask[example] for mask in step.masks] + [np.ones(2, bool)]
    forward, backward = [], []
    for linear, source, target, into in zip(linear_layers(model), passed_on, sums, kept[1:], strict=True):
        weight, given = linear.weight.data, source.data[example]
        forward.append(strongest(weight * given * into[:, None]))
        backward.append(strongest(np.outer(gradient(target)[example], given)))
    return Signals(
        [tensor.data[example] for tensor in [*passed_on, signal]],
        [gradient(tensor)[example] for tensor in [*units, signal]],
        kept,
        forward,
        backward,
    )


def gradient(tensor: td.Tensor) -> Array:
    """A tensor's gradient; zeros if none came to it."""
    return np.zeros_like(tensor.data) if tensor.grad is None else tensor.grad


def strongest(strengths: Array) -> Connections:
    """The strongest of a layer's connections that are not 0, of strengths of shape (to, from)."""
    flat = strengths.reshape(-1)
    sizes = np.abs(flat)
    chosen = np.argsort(sizes)[-MOST_CONNECTIONS:]
    chosen = chosen[sizes[chosen] > 0]
    targets, sources = np.unravel_index(chosen, strengths.shape)
    widths = 127 * flat[chosen] / (sizes[chosen[-1]] if chosen.size else 1)
    return Connections(sources.astype(np.uint8), targets.astype(np.uint8), widths.astype(np.int8))
