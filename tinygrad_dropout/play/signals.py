"""One example in the last step: the output and gradient of each unit, and the connections that carried them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import nn
from tinygrad_dropout.autograd.tensor import Array
from tinygrad_dropout.functional._masks import Mask
from tinygrad_dropout.play.last_step import LastStep, linear_layers
from tinygrad_dropout.play.two_networks import Floats

MAX_CONNECTIONS = 120  # drawn between two layers: the strongest


@dataclass(frozen=True)
class Connections:
    """The strongest connections between two layers, the weakest first.

    Attributes:
        sources, targets: uint8, the units they start and end at.
        strengths: int8, signed; the strongest has the absolute value 127.
    """

    sources: Array
    targets: Array
    strengths: Array


@dataclass(frozen=True)
class Signals:
    """One example in the forward and the backward pass. The lists go from the inputs to the logits.

    Attributes:
        values: the output of each layer's units after dropout.
        grads: dL/d(unit) of each layer's units before dropout; 0 if the unit was dropped.
        kept: False for each unit that was dropped.
        forward: between every two layers, the connections ranked by weight x value. None leads to a dropped unit, since
            its input is lost.
        backward: the connections ranked by this example's share of dL/dweight.
    """

    values: list[Floats]
    grads: list[Floats]
    kept: list[Mask]
    forward: list[Connections]
    backward: list[Connections]


def signals_of(step: LastStep, example: int) -> Signals:
    """Repeat a step, and follow one example of its batch."""
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
    """A tensor's gradient, or zeros if it got none."""
    return np.zeros_like(tensor.data) if tensor.grad is None else tensor.grad


def strongest(strengths: Array) -> Connections:
    """The strongest nonzero connections of a layer, given their strengths, of shape (to, from)."""
    flat = strengths.reshape(-1)
    sizes = np.abs(flat)
    chosen = np.argsort(sizes)[-MAX_CONNECTIONS:]
    chosen = chosen[sizes[chosen] > 0]
    targets, sources = np.unravel_index(chosen, strengths.shape)
    widths = 127 * flat[chosen] / (sizes[chosen[-1]] if chosen.size else 1)
    return Connections(sources.astype(np.uint8), targets.astype(np.uint8), widths.astype(np.int8))
