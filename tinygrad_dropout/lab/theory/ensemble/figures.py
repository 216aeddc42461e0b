"""Measure the averages of a trained network's subnetworks, and what Monte Carlo converges to."""

from __future__ import annotations

import numpy as np

from tinygrad_dropout.functional._masks import draw_mask
from tinygrad_dropout.lab.arrays import Labels, Numbers
from tinygrad_dropout.lab.datasets import load_digits
from tinygrad_dropout.lab.theory.ensemble.averages import Averages
from tinygrad_dropout.lab.theory.ensemble.defects import most_common_class, unit_states
from tinygrad_dropout.lab.theory.ensemble.network import TEST_SIZE, TRAIN_SIZE, fit, network
from tinygrad_dropout.lab.theory.ensemble.options import Options
from tinygrad_dropout.lab.theory.ensemble.subnetworks import Subnetworks
from tinygrad_dropout.lab.theory.masks import power_of_two
from tinygrad_dropout.lab.trials import Figures

REPETITIONS = 20  # of the Monte Carlo average, for its error bars
WIDE_LAYER = 4096  # the layer whose subnetworks are counted
STEPS = (1, 2, 3, 5, 7)  # of k, in every power of ten


def measure(options: Options) -> Figures:
    """Train a network for every number of hidden layers, and measure its averages.

    Returns:
        networks: for each, what `measure_network` returns; wide_layer: the number of units in a wide layer, and of its
        subnetworks.
    """
    networks = [measure_network(options, layers) for layers in options.layers]
    return {"networks": networks, "wide_layer": {"units": WIDE_LAYER, "subnetworks": power_of_two(WIDE_LAYER)}}


def measure_network(options: Options, layers: int) -> Figures:
    """Train one network, and measure its subnetworks on the test examples.

    Returns:
        hidden: its widths; hidden_units: for each layer `unit_states`; subnetworks: their number; largest_change: the
        largest difference between two of them in any probability; one_subnetwork: the error (in percent) of a single
        one, mean and sd over all; averages: weight scaling, geometric and arithmetic, each with its `scores`;
        monte_carlo: for every k the mean and sd over the repetitions of the same scores; most_common_class: the error
        of always predicting it. All errors are on the test examples.
    """
    streams = np.random.SeedSequence(options.seed).spawn(5)
    for_split, for_weights, for_batches, for_training, for_samples = map(np.random.default_rng, streams)
    split = load_digits().split(TRAIN_SIZE, for_split)
    x, y = split.x_test[:TEST_SIZE].astype(np.float64), split.y_test[:TEST_SIZE]
    model = network(split.x_train.shape[1], options.widths(layers), 10, options.p, for_weights, for_training)
    fit(model, split.x_train.astype(np.float64), split.y_train, for_batches)

    subnetworks = Subnetworks(model, options.widths(layers), x)
    averages, errors, weights = Averages(), [], []
    lowest, highest = np.inf, -np.inf
    for log_predictions, probabilities in subnetworks.all():
        averages.add(log_predictions, probabilities)
        errors.append(100 * (log_predictions.argmax(axis=-1) != y).mean(axis=1))
        weights.append(probabilities)
        lowest = np.minimum(lowest, log_predictions.min(axis=0))
        highest = np.maximum(highest, log_predictions.max(axis=0))
    scaled, arithmetic = subnetworks.weight_scaling(), averages.arithmetic
    mean, sd = weighted_mean_and_sd(np.concatenate(errors), np.concatenate(weights))
    compared = {"weight scaling": scaled, "geometric mean": averages.geometric, "arithmetic mean": arithmetic}
    return {
        "hidden": list(options.widths(layers)),
        "hidden_units": unit_states(model, x),
        "subnetworks": 2**options.units,
        "largest_change": float((np.exp(highest) - np.exp(lowest)).max()),
        "one_subnetwork": {"error": {"mean": mean, "sd": sd}},
        "averages": {name: scores(predicted, y, scaled, arithmetic) for name, predicted in compared.items()},
        "monte_carlo": monte_carlo(subnetworks, options, y, scaled, arithmetic, for_samples),
        "most_common_class": most_common_class(y),
    }


def monte_carlo(
    subnetworks: Subnetworks,
    options: Options,
    y: Labels,
    scaled: Numbers,
    arithmetic: Numbers,
    rng: np.random.Generator,
) -> list[Figures]:
    """The mean prediction of k subnetworks with random masks, for growing k, repeated `REPETITIONS` times.

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
    """1, 2, 3, 5, 7, 10, 20, ... up to `most`, which is always included."""
    powers = range(len(str(most)))
    return sorted({min(step * 10**power, most) for power in powers for step in STEPS})


def scores(predicted: Numbers, y: Labels, scaled: Numbers, arithmetic: Numbers) -> dict[str, float]:
    """How good a prediction is, and how far it is from weight scaling and from the arithmetic mean.

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
    """Half the sum of |one - other| over the classes, averaged over the examples; shapes (examples, classes)."""
    return float(np.abs(one - other).sum(axis=1).mean() / 2)


def weighted_mean_and_sd(values: Numbers, weights: Numbers) -> tuple[float, float]:
    """Mean and standard deviation of values, shape (n,), with probabilities `weights`, shape (n,)."""
    mean = weights @ values
    return float(mean), float(np.sqrt(weights @ (values - mean) ** 2))


def mean_and_sd(values: list[float]) -> dict[str, float]:
    """Mean and standard deviation (n - 1) of repeated measurements."""
    return {"mean": float(np.mean(values)), "sd": float(np.std(values, ddof=1))}
