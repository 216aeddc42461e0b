"""One pair: a network trained on the same data without and with dropout, and checks that only dropout differs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from tinygrad_dropout.lab.config import Config
from tinygrad_dropout.lab.datasets import Dataset, randomise_labels
from tinygrad_dropout.lab.training import Arm, Streams, train

Pair = dict[str, Any]


class UnfairPairError(AssertionError):
    """The arms of a pair differed in something besides dropout, or did not differ in dropout: a fault in the code."""


def run_pair(config: Config, dataset: Dataset, seed: int, after_epoch: Callable[[], None]) -> Pair:
    """Train both arms of one pair.

    Args:
        config: the options, among them the number of training examples.
        dataset: where the split is drawn from.
        seed: decides the split, the label noise, the initial weights, the order of the examples and the masks.
        after_epoch: is called after every epoch of either arm; may raise to end the training.

    Returns:
        seed; without, with: each arm's records (see `training.Arm`); shared: what both arms had;
        dropped: the fraction of units that each dropout layer of the arm with dropout dropped (the other's: none).

    Raises:
        UnfairPairError: the arms differ in anything but dropout.
        LabError: the loss is no longer a finite number.
    """
    assert dataset.classes is not None, "compare refuses a regression"
    arms = []
    for dropout in (False, True):
        streams = Streams.from_seed(seed)
        split = dataset.split(config.train_size, np.random.default_rng(streams.split))
        noise_rng = np.random.default_rng(streams.label_noise)
        noisy = randomise_labels(split.y_train, config.label_noise, dataset.classes, noise_rng)
        arms.append(train(config, dataset.classes, replace(split, y_train=noisy), streams, dropout, after_epoch))
    without, with_dropout = arms
    check_fairness(config, seed, without, with_dropout)
    return {
        "seed": seed,
        "without": without.records,
        "with": with_dropout.records,
        "shared": without.shared,
        "dropped": [dropped / draws for dropped, draws in with_dropout.dropped],
    }


def check_fairness(config: Config, seed: int, without: Arm, with_dropout: Arm) -> None:
    """Raise an UnfairPairError unless the arms had everything in common but dropout, and did differ in that."""
    for name, value in without.shared.items():
        if with_dropout.shared[name] != value:
            raise UnfairPairError(
                f"pair {seed}: expected the arms to share their {name}, "
                f"got {value} without dropout and {with_dropout.shared[name]} with it"
            )
    if any(dropped for dropped, _ in without.dropped):
        raise UnfairPairError(f"pair {seed}: the arm without dropout dropped units: {without.dropped}")
    wanted = [config.input_p, *(config.p for _ in config.hidden)]
    for p, (dropped, draws) in zip(wanted, with_dropout.dropped, strict=True):
        if abs(dropped / draws - p) > tolerance(p, draws):
            raise UnfairPairError(f"pair {seed}: a layer with p = {p} dropped {dropped:,} of {draws:,} units")


def tolerance(p: float, draws: int) -> float:
    """How far a dropped fraction may lie from p: Bernstein's inequality, with one false alarm in 10^10 at most."""
    log = math.log(2 / 1e-10)
    return 2 * log / (3 * draws) + math.sqrt(2 * p * (1 - p) * log / draws)
