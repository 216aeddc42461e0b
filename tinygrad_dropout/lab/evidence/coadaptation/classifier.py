"""The classifiers of co-adaptation: which units are removed, and the measures of each hidden layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tinygrad_dropout.lab.arrays import Labels, Numbers
from tinygrad_dropout.lab.evidence.coadaptation.claims import IN_CLASSIFIER, LAYERS, NETWORK
from tinygrad_dropout.lab.evidence.coadaptation.layer import Layer
from tinygrad_dropout.lab.evidence.coadaptation.options import CoadaptationOptions
from tinygrad_dropout.lab.evidence.coadaptation.statistics import (
    activation_measures,
    area,
    gini,
    probe_accuracies,
    top_share,
)
from tinygrad_dropout.lab.evidence.examined import Subject, Trained
from tinygrad_dropout.lab.trials import Options, Record

ROWS = 500  # test examples on which units are removed
FRACTIONS = np.linspace(0, 1, 21)  # fractions of the units that are removed


@dataclass(frozen=True)
class Removal:
    """Which units are removed, the same in both networks of a pair.

    Attributes:
        orders: the orders in which all units are removed one after another, shape (orders, units).
        pairs: the pairs of units whose interaction is measured, shape (pairs, 2).
    """

    orders: Labels
    pairs: Labels

    @classmethod
    def draw(cls, rng: np.random.Generator, units: int, orders: int, pairs: int) -> Removal:
        """Draw the orders, and pairs of different units."""
        first, step = rng.integers(units, size=pairs), rng.integers(1, units, size=pairs)
        drawn = np.stack([first, (first + step) % units], axis=1)
        return cls(rng.permuted(np.tile(np.arange(units), (orders, 1)), axis=1), drawn)


class Classifier(Subject):
    """A network with two hidden layers that classifies digits."""

    parts = IN_CLASSIFIER

    def examine(self, options: CoadaptationOptions, trained: Trained) -> dict[str, Any]:
        """The measures; and curves: for each layer, the accuracy when each of `FRACTIONS` of its units is removed."""
        rng = np.random.default_rng(trained.streams.measurement)
        measured, curves = {NETWORK: {"quality": trained.final["test_accuracy"]}}, {}
        for number, name in enumerate(LAYERS, 1):
            removal = Removal.draw(rng, options.hidden, options.orders, options.pairs)
            layer = Layer.of(trained.model, number, trained.split.x_test, trained.split.y_test)
            some = layer.head(ROWS)
            curve = some.ablated(FRACTIONS, removal.orders)
            measured[name] = {
                **tolerance(curve, options.p),
                **importance(some, removal.pairs),
                "probe": float(probe_accuracies(layer.activations, layer.labels).mean()),
                **activation_measures(layer.activations),
            }
            curves[name] = np.round(curve, 4).tolist()
        return {"measured": measured, "curves": curves}

    def can_be_drawn(self, options: Options, record: Record) -> bool:
        return {name: len(curve) for name, curve in record["curves"].items()} == dict.fromkeys(LAYERS, len(FRACTIONS))


def tolerance(curve: Numbers, p: float) -> dict[str, float]:
    """The mean accuracy left when up to p of the units are removed, and when more are.

    Args:
        curve: the accuracy for each of `FRACTIONS`; the first is the whole network's, and the measures are
            fractions of it.
        p: the probability with which training dropped units.
    """
    whole = curve[0] or 1
    return {
        "kept_within": area(FRACTIONS, curve, 0, p) / whole,
        "kept_beyond": area(FRACTIONS, curve, p, 1) / whole,
    }


def importance(layer: Layer, pairs: Labels) -> dict[str, float]:
    """How much single units matter to the loss, and how much pairs of them interact.

    The largest effect and the interactions are in units of the mean |effect| of one unit, because a network without
    dropout has larger losses.
    """
    effects = layer.single_effects()
    sizes = np.abs(effects)
    unit = sizes.mean() or 1
    interactions = layer.interactions(pairs, effects) / unit
    return {
        "mean_effect": float(sizes.mean()),
        "largest_effect": float(effects.max() / unit),
        "effect_gini": float(gini(sizes)),
        "effect_share": top_share(sizes),
        "interaction_size": float(np.abs(interactions).mean()),
        "interaction": float(interactions.mean()),
    }
