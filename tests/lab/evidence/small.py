"""The experiments with options so small that they take a moment, and what their tests share."""

from functools import cache

import numpy as np

from tinygrad_dropout.lab.comparison.arms import WITH, WITHOUT, method_of
from tinygrad_dropout.lab.comparison.data import load
from tinygrad_dropout.lab.comparison.training import Streams, train_network
from tinygrad_dropout.lab.evidence.boundary.experiment import BOUNDARY
from tinygrad_dropout.lab.evidence.boundary.options import BoundaryOptions
from tinygrad_dropout.lab.evidence.coadaptation.experiment import COADAPTATION
from tinygrad_dropout.lab.evidence.coadaptation.options import CoadaptationOptions
from tinygrad_dropout.lab.evidence.examined import Trained
from tinygrad_dropout.lab.evidence.many import Compared
from tinygrad_dropout.lab.trials import Trial, run

SMALL = {
    COADAPTATION: CoadaptationOptions(
        seeds=3, first_seed=0, hidden=8, train_size=60, epochs=2, autoencoder_epochs=2, orders=2, pairs=4
    ),
    BOUNDARY: BoundaryOptions(seeds=3, first_seed=0, hidden=6, few=2, train_size=20, epochs=3, grid=5),
}


@cache
def small_outcome(experiment):
    return run(experiment, SMALL[experiment])


def options_of(experiment):
    """The small options as a folder saves them."""
    return small_outcome(experiment).options


def trained(experiment, options, setting, arm, seed):
    """A network as a trial trains it."""
    config, streams = options.configurations()[setting], Streams.from_seed(seed)
    split, task = experiment.subject(setting).problem(Compared(config, load(config)), streams)
    method = method_of(config, arm)
    model, done = train_network(config, task, split, streams, method, lambda: None, (config.epochs,))
    return Trained(model, split, done.final, streams)


def weights_of(model):
    """A copy of the weights."""
    return {key: value.copy() for key, value in model.state_dict().items()}


def forward(state, x, through=None):
    """An MLP's outputs in evaluation mode, by NumPy, or the activations of hidden layer `through`, counted from 1."""
    layers = sorted({int(key.split(".")[0]) for key in state})
    for number, layer in enumerate(layers, 1):
        x = x @ state[f"{layer}.weight"].T.astype(float) + state[f"{layer}.bias"].astype(float)
        if number < len(layers):
            x = np.maximum(x, 0)
        if number == through:
            return x
    return x


def made_up_records(experiment, setting, pairs):
    """Records with nothing but measures, for pairs of networks without and with dropout.

    Each network is given as values by part and measure; measures that are not given are 0.5.
    """
    records = []
    for seed, pair in enumerate(pairs):
        for arm, given in zip((WITHOUT, WITH), pair, strict=True):
            measured = {
                part: dict.fromkeys(claims, 0.5) | given.get(part, {})
                for part, claims in experiment.subject(setting).parts.items()
            }
            records.append(Trial(setting, arm.name, seed).record({"measured": measured, "test_rows": 1000}))
    return records
