"""Networks that cannot show which average is which: dead, linear, the same under every mask, or at chance level.

They come from few units, a p near 1 or an unlucky seed. Some of them agree with every formula, but only because weight
scaling and the averages cannot differ in them.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import nn
from tinygrad_dropout.lab.arrays import Labels, Numbers
from tinygrad_dropout.lab.text import counted
from tinygrad_dropout.lab.theory.ensemble.network import TEST_SIZE
from tinygrad_dropout.lab.theory.masks import all_masks
from tinygrad_dropout.lab.trials import Figures

EXACT = 1e-12  # probabilities that differ by less are the same up to rounding
ADVICE = "Try more units, another seed, or a p closer to 0.5."


def unit_states(model: nn.Sequential, x: Numbers) -> list[dict[str, int]]:
    """Which hidden units are on, that is above 0, for which examples and masks.

    Args:
        model: see `network.network`.
        x: the examples, shape (examples, features).

    Returns:
        For each hidden layer, its number of units, and how many of them are: ever_on, for some example under some mask
        of the layer below; always_on, for all examples under all masks; switching, for some example under some masks
        but not under others.
    """
    states, seen = [], x[None]  # of shape (masks of the layers below, examples, units)
    with td.no_grad():
        for layer in list(model)[:-2]:  # without the last dropout and the output layer
            if isinstance(layer, nn.Dropout):
                masks = all_masks(seen.shape[-1])[:, None, None, :]
                seen = (seen * masks / (1 - layer.p)).reshape(-1, *seen.shape[1:])
                continue
            seen = layer(td.Tensor(seen)).data
            if isinstance(layer, nn.ReLU):
                under_some, under_all = (seen > 0).any(axis=0), (seen > 0).all(axis=0)
                on = {"ever_on": under_some.any(axis=0), "always_on": under_all.all(axis=0)}
                on["switching"] = (under_some & ~under_all).any(axis=0)
                states.append({"units": seen.shape[-1], **{state: int(units.sum()) for state, units in on.items()}})
    return states


def most_common_class(y: Labels) -> float:
    """The error in percent of always predicting the most common class."""
    return 100 * (1 - float(np.bincount(y).max()) / len(y))


def depth_of(network: Figures) -> str:
    """`1 hidden layer`, or `2 hidden layers`."""
    return counted(len(network["hidden"]), "hidden layer")


def why_nothing_is_shown(network: Figures) -> str:
    """Why this network says nothing about weight scaling in networks of its depth; "" if it does.

    With one hidden layer, weight scaling is exact for every network. With two, it is exact only if no mask switches a
    unit of the second layer on or off. Such a network is an exception and proves nothing about others.
    """
    if dead_layer(network):
        return "this network is dead"
    if network["largest_change"] < EXACT:
        return "this network predicts the same under every mask"
    if len(network["hidden"]) == 1:
        return ""
    if not network["hidden_units"][1]["switching"]:
        return "this network is linear in the mask"
    gap = network["averages"]["geometric mean"]["most_from_scaling"]
    return f"off by {gap:.2g}: the masks that make a difference are too rare" if gap < EXACT else ""


def defects(network: Figures) -> str:
    """What is wrong with a network, in one sentence; "" if it is alive, not linear and better than chance."""
    found, units = [], network["hidden_units"]
    if layer := dead_layer(network):
        place = "" if len(units) == 1 else ("first ", "second ")[layer - 1]
        found.append(f"is dead (no unit of its {place}hidden layer is on for any test example under any mask)")
    elif all(each["ever_on"] == each["always_on"] for each in units):
        found.append("is merely linear (each hidden unit is on for all test examples or for none, under every mask)")
    elif len(units) > 1 and not units[1]["switching"]:
        found.append("is linear in the mask (no mask switches a unit of its second hidden layer on or off)")
    if network["largest_change"] < EXACT:
        found.append("predicts the same under every mask")
    best, constant = min(each["error"] for each in network["averages"].values()), network["most_common_class"]
    if best > constant - 2 * sqrt(constant * (100 - constant) / TEST_SIZE):  # two standard errors
        found.append(
            f"is at chance level (at best {best:.1f}% wrong; always predicting the most common class: {constant:.1f}%)"
        )
    return f"The network with {depth_of(network)} {' and '.join(found)}." if found else ""


def dead_layer(network: Figures) -> int:
    """The number, from 1, of the first hidden layer in which no unit is ever on; 0 if there is none."""
    return next((place for place, each in enumerate(network["hidden_units"], 1) if not each["ever_on"]), 0)
