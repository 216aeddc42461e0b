"""Made-up records of rivals, for what needs no training."""

import math

from tests.lab.small import small_options
from tinygrad_dropout.lab.evidence.rivals import RIVALS
from tinygrad_dropout.lab.evidence.rivals.tries import (
    PLAIN_NETWORK,
    methods_of,
    try_of,
)

METHODS = methods_of("adam", 2)


PLACES = {PLAIN_NETWORK: (PLAIN_NETWORK, 1)} | {
    try_of(name, strength): (name, place)
    for name, strengths in METHODS.items()
    for place, strength in enumerate(strengths, 1)
}
"""For each network by name: its method, and the number of its try."""


def options_of(**given):
    return small_options(**given) | {"methods": {name: list(strengths) for name, strengths in METHODS.items()}}


def made_up(options, score, validation_loss=None, train_loss=lambda arm, place: 0.1, gain=lambda arm: 0):
    """Records with these test scores and validation losses, functions of method, number of the try and seed."""
    records = []
    for trial in RIVALS.trials(options):
        arm, place = PLACES[trial.arm]
        loss = float(place) if validation_loss is None else validation_loss(arm, place, trial.seed)
        final = {
            "test_accuracy": score(arm, place, trial.seed),
            "validation_loss": loss,
            "train_loss": train_loss(arm, place),
        }
        baseline = {"test_accuracy": 0.5, "train_loss": 0.7}
        curve = [
            {"epoch": epoch, "test_accuracy": final["test_accuracy"] - left * gain(arm)}
            for epoch, left in ((3, 1), (4, 0))
        ]
        result = {"curve": curve, "rows": {"train": 16, "validation": 4, "test": 1000}, "baseline": baseline}
        records.append(trial.record(result | {"final": final if final["train_loss"] < math.inf else None}))
    return records


def figures_of(score, validation_loss=None, train_loss=lambda arm, place: 0.1, gain=lambda arm: 0, **given):
    options = options_of(**{"seeds": 8} | given)
    figures = RIVALS.analyze(options, made_up(options, score, validation_loss, train_loss, gain))
    return options, figures


def better(*arms, by=0.05):
    return lambda arm, place, seed: 0.8 + 0.001 * (seed % 3) * (arm == PLAIN_NETWORK) + by * (arm in arms)
