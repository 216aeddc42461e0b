"""Very small experiments, each run once and shared by the tests."""

from functools import cache
from typing import Any

from tinygrad_dropout import lab
from tinygrad_dropout.lab.theory import EXPERIMENTS
from tinygrad_dropout.lab.trials import Outcome

SMALL = {
    "expectation": {"units": 30, "samples": 200},
    "ensemble": {"units": 4, "samples": 10},
    "ridge": {"features": 2, "examples": 6, "p": (0.0, 0.5)},
}
SMALL_OPTIONS = {  # the same, typed
    "expectation": "--units 30 --samples 200",
    "ensemble": "--units 4 --samples 10",
    "ridge": "--features 2 --examples 6 --p 0,0.5",
}


@cache
def small_outcome(name: str) -> Outcome:
    return run_small(name)


def run_small(name: str, *, out: Any = None, **options: Any) -> Outcome:
    experiment = EXPERIMENTS[name]
    return lab.run(experiment, experiment.measurement.Options(**{**SMALL[name], **options}), out=out)
