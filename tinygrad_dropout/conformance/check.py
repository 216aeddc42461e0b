"""check_dropout: the one question, put together from all the others."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np

from tinygrad_dropout.conformance.axes import examine_other_axes
from tinygrad_dropout.conformance.backward import examine_backward
from tinygrad_dropout.conformance.calls import examine_calls
from tinygrad_dropout.conformance.edges import examine_edges, examine_extreme_rates
from tinygrad_dropout.conformance.evaluation import examine_eval
from tinygrad_dropout.conformance.precision import examine_single_precision
from tinygrad_dropout.conformance.randomness import examine_randomness, own_global_state
from tinygrad_dropout.conformance.rate import examine_rate
from tinygrad_dropout.conformance.report import Log, Report
from tinygrad_dropout.conformance.scale import examine_scale
from tinygrad_dropout.conformance.seen import BIG, MEDIUM, look
from tinygrad_dropout.conformance.state import examine_later_rounds, examine_two_forwards, examine_two_layers
from tinygrad_dropout.conformance.structure import examine_structure
from tinygrad_dropout.conformance.subject import Make
from tinygrad_dropout.conformance.trial import Trial

EXAMINATIONS: tuple[Callable[[Trial], None], ...] = (
    examine_randomness,
    examine_calls,
    examine_backward,
    examine_later_rounds,
    examine_two_layers,
    examine_two_forwards,
    examine_eval,
    examine_edges,
    examine_extreme_rates,
    examine_single_precision,
    examine_other_axes,
)


def check_dropout(make: Make, *, seed: int = 0) -> Report:
    """Examine a dropout layer, whoever wrote it: is its randomness right, and is its gradient?

    A right layer, in training mode, sets each element to 0 with probability p, independently of every other element,
    call and layer and of x, and divides the others by 1 - p exactly (inverted dropout); backward multiplies by the
    very same factors. In eval mode both are the identity. What it draws from, and how, is its own affair.

    Args:
        make: `make(p, rng)` returns a new layer with `forward(x) -> y` and `backward(grad) -> dL/dx` on ndarrays and an
            attribute `training` that can be set; p is the probability of dropping and rng a numpy.random.Generator
            that it may draw from. `of` makes such layers of a class, of a Module and of PyTorch's.
        seed: of all inputs and generators. A right layer passes whatever the seed is (but for once in a million); a
            wrong one fails.

    Returns:
        Report: `ok`, `findings`, `remarks`, and readable as a text. What the layer raises is a finding, too.
    """
    log = Log()
    with own_global_state(seed), np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trial = Trial(make, seed, log)
        seen = None
        with log.noting():
            seen = look(trial, trial.p, BIG)
            other = look(trial, trial.other_p, MEDIUM)
            examine_scale(trial, seen, other)
            examine_structure(trial, seen)
            examine_rate(trial, seen, other)
        if seen is None:  # no mask can be made out: every other answer would be about something else
            return log.report()
        for examine in EXAMINATIONS:
            with log.noting():
                examine(trial)
    return log.report()


def assert_dropout(make: Make, *, seeds: int = 3) -> None:
    """Fail, with everything that is wrong, unless `check_dropout` finds nothing: one line in anybody's tests.

    Args:
        make: as for `check_dropout`.
        seeds: how many seeds to examine with.

    Raises:
        AssertionError: its message is the report.
    """
    for seed in range(seeds):
        report = check_dropout(make, seed=seed)
        if not report.ok:
            raise AssertionError(f"seed {seed}: {report}")
