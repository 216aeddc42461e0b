"""One trial: train a network with dropout on one problem, and score its three ways to predict."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_dropout import nn
from tinygrad_dropout.lab.arrays import Floats, Numbers
from tinygrad_dropout.lab.comparison.config import Config
from tinygrad_dropout.lab.comparison.measurement import with_masks_from
from tinygrad_dropout.lab.comparison.methods import Method
from tinygrad_dropout.lab.comparison.tasks import Regression, Task, task_of
from tinygrad_dropout.lab.comparison.training import Streams, build_optimizer, mlp
from tinygrad_dropout.lab.datasets.split import Split
from tinygrad_dropout.lab.datasets.validation import with_validation
from tinygrad_dropout.lab.errors import LabError
from tinygrad_dropout.lab.evidence.uncertainty.predictions import (
    METHODS,
    band,
    classification_scores,
    likeliest_noise,
    predict,
    probabilities,
    regression_scores,
    reliability,
)
from tinygrad_dropout.lab.evidence.uncertainty.problems import DIRECTIONS, Problem
from tinygrad_dropout.training import Batches, fit

GRID_DIGITS = 5  # decimals of values that are only drawn

Predict = Callable[[nn.Sequential, Floats], dict[str, Numbers]]
"""Returns what `predict` does for a network and rows, with the masks of the seed."""

Train = Callable[[Task, Split], nn.Sequential]
"""Trains a network on the training part of a split."""


def score_problem(
    config: Config, problem: Problem, streams: Streams, samples: int, after_epoch: Callable[[], None]
) -> dict[str, Any]:
    """Train a network on a problem, and score its predictions.

    Args:
        config: the network and how it is trained.
        problem: the data.
        streams: the random streams of the seed.
        samples: the number of masks for Monte Carlo.
        after_epoch: called after each epoch; it can raise an error to end the training.

    Returns:
        rows: the number of training rows, "train", and of test rows in each place; and what `score_classification` or
        `score_regression` returns.
    """

    def train(task: Task, split: Split) -> nn.Sequential:
        return trained(config, task, split, streams, after_epoch)

    def outputs_of(model: nn.Sequential, x: Floats) -> dict[str, Numbers]:
        return predict(with_masks_from(np.random.default_rng(streams.measurement), model), x, samples)

    y_train, y_test = problem.split.y_train, problem.split.y_test
    rows = {"train": len(y_train), **{place: len(y_test[part]) for place, part in problem.places.items()}}
    if problem.classes is not None:
        return {"rows": rows, **score_classification(problem, train, outputs_of)}
    return {"rows": rows, **score_regression(problem, streams, train, outputs_of)}


def score_classification(problem: Problem, train: Train, outputs_of: Predict) -> dict[str, Any]:
    """Train and score a classification.

    Returns:
        scores: for each place and method, see `classification_scores`; bins, by the method, see `reliability`;
        confidence: its mean at each distance, by the method.
    """
    split = problem.split
    model = train(task_of(problem.classes, split.y_train), split)
    near, far = (
        {method: probabilities(outputs) for method, outputs in outputs_of(model, x).items()}
        for x in (split.x_test, problem.beyond)
    )
    confidence = {method: p.max(axis=1).reshape(-1, DIRECTIONS).mean(axis=1) for method, p in far.items()}
    return {
        "scores": {
            place: {method: classification_scores(p[part], split.y_test[part]) for method, p in near.items()}
            for place, part in problem.places.items()
        },
        "bins": {method: reliability(p, split.y_test) for method, p in near.items()},
        "confidence": {method: means.tolist() for method, means in confidence.items()},
    }


def score_regression(problem: Problem, streams: Streams, train: Train, outputs_of: Predict) -> dict[str, Any]:
    """Train and score a regression.

    First, each method gets its maximum-likelihood noise on a fifth of the training rows, for a network trained on the
    others. The network that is scored is trained on all of them, and no noise is chosen on test rows.

    Returns:
        noise, by the method; scores: for each place and method, see `regression_scores`. If there is a grid, also
        middle and reach of the bands on it, by the method.
    """

    def values_of(model: nn.Sequential, task: Regression, x: Floats) -> dict[str, Numbers]:
        return {method: in_units_of_y(outputs, task) for method, outputs in outputs_of(model, x).items()}

    split = problem.split
    part = with_validation(split, None, np.random.default_rng(streams.validation))
    assert part.x_validation is not None, "it has just been held out"
    assert part.y_validation is not None, "it has just been held out"
    task = Regression.of(part.y_train)
    held_out = values_of(train(task, part), task, part.x_validation)
    noise = {method: likeliest_noise(values, part.y_validation) for method, values in held_out.items()}

    task = Regression.of(split.y_train)
    model = train(task, split)
    values = values_of(model, task, split.x_test)
    scores = {
        place: {
            method: regression_scores(values[method][:, rows], split.y_test[rows], noise[method]) for method in METHODS
        }
        for place, rows in problem.places.items()
    }
    result = {"noise": noise, "scores": scores}
    if len(problem.beyond):
        found = values_of(model, task, problem.beyond)
        bands = {method: band(found[method], noise[method]) for method in METHODS}
        for name, place in (("middle", 0), ("reach", 1)):
            result[name] = {method: on_grid(both[place], len(problem.beyond)) for method, both in bands.items()}
    return result


@np.errstate(over="ignore", invalid="ignore")  # a loss that is not finite raises an error below
def trained(
    config: Config, task: Task, split: Split, streams: Streams, after_epoch: Callable[[], None]
) -> nn.Sequential:
    """The network of the comparison's arm with dropout, trained on the training part as it is there."""
    model = mlp(
        split.x_train.shape[1], config.hidden, task.outputs, Method(p=config.p, input_p=config.input_p), streams
    )
    rng = np.random.default_rng(streams.batches)
    batches = Batches(split.x_train, task.targets(split.y_train), batch_size=config.batch_size, rng=rng)
    optimizer = build_optimizer(config, model)

    def count(_: object) -> None:
        after_epoch()

    try:
        fit(model, batches, loss=task.loss, optimizer=optimizer, epochs=config.epochs, after_epoch=count)
    except FloatingPointError:
        raise LabError(
            "the loss was no longer a finite number: are there inputs or targets that are very large?"
        ) from None
    return model


def in_units_of_y(outputs: Numbers, task: Regression) -> Numbers:
    """Outputs (masks, rows, 1) as values of y, (masks, rows)."""
    return outputs[:, :, 0] * task.spread + task.mean


def on_grid(values: Numbers | float, length: int) -> list[float]:
    """A number for each point of a grid."""
    return [round(value, GRID_DIGITS) for value in np.broadcast_to(values, length).tolist()]


def is_complete(result: dict[str, Any], places: list[str]) -> bool:
    """Whether a record that was kept has finite scores of each method in each place."""
    scores = [result["scores"][place][method] for place in places for method in METHODS]
    return all(math.isfinite(score) for one in scores for score in one.values())
