"""A small trained network and all its subnetworks: what scaling at test time computes, and what it only comes near.

A network whose n hidden units can be dropped is 2^n subnetworks that share their weights. All of them are run, each
weighted by the probability of its mask, p^dropped (1 - p)^kept. Beside their arithmetic and geometric means stand
weight scaling, one pass through the whole network, and Monte Carlo: the mean of k subnetworks whose masks are drawn
(Srivastava et al. 2014, section 7.5 and Fig. 11).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, optim, training
from tinygrad_dropout.functional._masks import draw_mask
from tinygrad_dropout.lab.datasets import load_digits
from tinygrad_dropout.lab.datasets.split import Labels, Numbers
from tinygrad_dropout.lab.errors import OptionError
from tinygrad_dropout.lab.theory.averages import Averages
from tinygrad_dropout.lab.theory.masks import countable, power_of_two
from tinygrad_dropout.lab.theory.options import MOST_SEEDS, rate, whole
from tinygrad_dropout.lab.theory.subnetworks import Subnetworks

TRAIN_SIZE, TEST_SIZE = 1000, 400  # of scikit-learn's digits
EPOCHS, BATCH_SIZE, LEARNING_RATE = 40, 50, 0.01
REPETITIONS = 20  # of the Monte Carlo average, for its error bars
MOST_UNITS = 16
MOST_SAMPLES = 1000
WIDE_LAYER = 4096  # the layer whose subnetworks are counted
STEPS = (1, 2, 3, 5, 7)  # of k, in every power of ten


@dataclass(frozen=True)
class Options:
    """What decides the numbers.

    Attributes:
        p: the probability that a hidden unit is dropped, 0 < p < 1.
        units: the number of hidden units, over all hidden layers: 2^units subnetworks.
        layers: the numbers of hidden layers; one network for each.
        samples: the largest k of the Monte Carlo average.
        seed: of the split, the initial weights, the order of the examples and the masks.

    Raises:
        OptionError: a value that is not allowed.
    """

    p: float = 0.5
    units: int = 14
    layers: tuple[int, ...] = (1, 2)
    samples: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        layers = tuple(self.layers)
        if not layers or len(set(layers)) < len(layers) or not set(layers) <= {1, 2}:
            raise OptionError("layers", f"expected 1, 2 or both as 1,2; got {','.join(map(str, layers)) or 'none'}")
        checked = {
            "p": rate("p", self.p, above=True, why="else there is one subnetwork alone"),
            "units": countable("units", self.units, max(layers), MOST_UNITS, TEST_SIZE),
            "layers": tuple(sorted(layers)),
            "samples": whole("samples", self.samples, 1, MOST_SAMPLES),
            "seed": whole("seed", self.seed, 0, MOST_SEEDS),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def widths(self, layers: int) -> tuple[int, ...]:
        """The units, shared out evenly to so many hidden layers."""
        return tuple((self.units + layer) // layers for layer in reversed(range(layers)))


def measure(options: Options) -> dict[str, Any]:
    """Train a network for every number of hidden layers, and measure its averages.

    Returns:
        networks: for each, `measure_network`; wide_layer: a layer's units, and how many subnetworks they have.
    """
    networks = [measure_network(options, layers) for layers in options.layers]
    return {"networks": networks, "wide_layer": {"units": WIDE_LAYER, "subnetworks": power_of_two(WIDE_LAYER)}}


def measure_network(options: Options, layers: int) -> dict[str, Any]:
    """One network, trained, and its subnetworks on the test examples.

    Returns:
        hidden: its widths; subnetworks: their number; one_subnetwork: the error (in percent) of a single one, mean and
        sd over all; averages: weight scaling, geometric and arithmetic, each with its `scores`; monte_carlo: for every
        k the mean and sd over the repetitions of the same scores. All errors are on the test examples.
    """
    streams = np.random.SeedSequence(options.seed).spawn(5)
    for_split, for_weights, for_batches, for_training, for_samples = map(np.random.default_rng, streams)
    split = load_digits().split(TRAIN_SIZE, for_split)
    x, y = split.x_test[:TEST_SIZE].astype(np.float64), split.y_test[:TEST_SIZE]
    model = network(split.x_train.shape[1], options.widths(layers), 10, options.p, for_weights, for_training)
    fit(model, split.x_train.astype(np.float64), split.y_train, for_batches)

    subnetworks = Subnetworks(model, options.widths(layers), x)
    averages, errors, weights = Averages(), [], []
    for log_predictions, probabilities in subnetworks.all():
        averages.add(log_predictions, probabilities)
        errors.append(100 * (log_predictions.argmax(axis=-1) != y).mean(axis=1))
        weights.append(probabilities)
    scaled, arithmetic = subnetworks.weight_scaling(), averages.arithmetic
    mean, sd = weighted_mean_and_sd(np.concatenate(errors), np.concatenate(weights))
    compared = {"weight scaling": scaled, "geometric mean": averages.geometric, "arithmetic mean": arithmetic}
    return {
        "hidden": list(options.widths(layers)),
        "subnetworks": 2**options.units,
        "one_subnetwork": {"error": {"mean": mean, "sd": sd}},
        "averages": {name: scores(predicted, y, scaled, arithmetic) for name, predicted in compared.items()},
        "monte_carlo": monte_carlo(subnetworks, options, y, scaled, arithmetic, for_samples),
    }


def network(
    features: int,
    hidden: tuple[int, ...],
    classes: int,
    p: float,
    weights: np.random.Generator,
    masks: np.random.Generator,
) -> nn.Sequential:
    """Linear, ReLU and dropout for every hidden layer, then Linear; in float64."""
    layers: list[nn.Module] = []
    inputs = features
    for units in hidden:
        layers += [nn.Linear(inputs, units, dtype=np.float64, rng=weights), nn.ReLU(), nn.Dropout(p, rng=masks)]
        inputs = units
    return nn.Sequential(*layers, nn.Linear(inputs, classes, dtype=np.float64, rng=weights))


def fit(model: nn.Sequential, x: Numbers, y: Labels, rng: np.random.Generator) -> None:
    """Train with dropout, a mask for each row, as every framework draws them."""
    optimizer = optim.Adam(model.parameters(), lr=LEARNING_RATE)
    batches = training.Batches(x, y, batch_size=BATCH_SIZE, rng=rng)
    training.fit(model, batches, loss=F.cross_entropy, optimizer=optimizer, epochs=EPOCHS)


def monte_carlo(
    subnetworks: Subnetworks,
    options: Options,
    y: Labels,
    scaled: Numbers,
    arithmetic: Numbers,
    rng: np.random.Generator,
) -> list[dict[str, Any]]:
    """The mean prediction of k subnetworks with drawn masks, for growing k, many times over.

    Returns:
        For every k of `numbers_of_samples`: k, and each score's mean and sd (over the repetitions).
    """
    wanted = numbers_of_samples(options.samples)
    found: dict[int, list[dict[str, float]]] = {k: [] for k in wanted}
    for _ in range(REPETITIONS):
        masks = draw_mask((options.samples, subnetworks.units), options.p, rng)
        total, drawn = np.zeros_like(arithmetic), 0
        for log_predictions in subnetworks.some(masks):
            for predicted in np.exp(log_predictions):
                total += predicted
                drawn += 1
                if drawn in found:
                    found[drawn].append(scores(total / drawn, y, scaled, arithmetic))
    return [
        {"k": k, **{name: mean_and_sd([score[name] for score in found[k]]) for name in found[k][0]}} for k in wanted
    ]


def numbers_of_samples(most: int) -> list[int]:
    """1, 2, 3, 5, 7, 10, 20, ... up to the largest, which always is one of them."""
    powers = range(len(str(most)))
    return sorted({min(step * 10**power, most) for power in powers for step in STEPS})


def scores(predicted: Numbers, y: Labels, scaled: Numbers, arithmetic: Numbers) -> dict[str, float]:
    """How good a prediction is, and how far from two others.

    Args:
        predicted: probabilities of shape (examples, classes).
        y: the labels.
        scaled, arithmetic: weight scaling's and the arithmetic mean's prediction.

    Returns:
        error: wrong answers in percent; loss: mean cross-entropy in nats; from_scaling, from_arithmetic: the mean
        distance (see `total_variation`); most_from_scaling: the largest difference of any probability.
    """
    return {
        "error": 100 * float((predicted.argmax(axis=1) != y).mean()),
        "loss": -float(np.log(predicted[np.arange(len(y)), y]).mean()),
        "from_scaling": total_variation(predicted, scaled),
        "from_arithmetic": total_variation(predicted, arithmetic),
        "most_from_scaling": float(np.abs(predicted - scaled).max()),
    }


def total_variation(one: Numbers, other: Numbers) -> float:
    """Half the sum of |one - other| over the classes, mean over the examples: the probability that has moved."""
    return float(np.abs(one - other).sum(axis=1).mean() / 2)


def weighted_mean_and_sd(values: Numbers, weights: Numbers) -> tuple[float, float]:
    """Mean and standard deviation of values that are not equally likely; the weights sum to 1."""
    mean = weights @ values
    return float(mean), float(np.sqrt(weights @ (values - mean) ** 2))


def mean_and_sd(values: list[float]) -> dict[str, float]:
    """Mean and standard deviation of repeated measurements."""
    return {"mean": float(np.mean(values)), "sd": float(np.std(values, ddof=1))}
