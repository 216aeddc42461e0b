"""Experiments so small that they take a moment, each run once for all who look at it."""

from functools import cache

from tinygrad_dropout.lab import theory
from tinygrad_dropout.lab.theory import Outcome

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
    return theory.run(name, theory.EXPERIMENTS[name].Options(**SMALL[name]))
