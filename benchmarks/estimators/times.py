"""How long a fit takes, in turn within one process on one thread, and how much memory."""

from __future__ import annotations

import tracemalloc
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import StandardScaler

from benchmarks.estimators.contenders import CONTENDERS, TRACED, Job
from benchmarks.estimators.tables import TABLES
from benchmarks.timing import time_in_turn

#: The fits that are timed: a table, the hidden layers, the batch size (of the defaults: min(200, rows)), the epochs.
FITS = {
    "digits, 100, batch 200 (the defaults)": ("digits", (100,), 200, 20),
    "digits, 64-64, batch 64": ("digits", (64, 64), 64, 10),
    "digits, 256-256, batch 64": ("digits", (256, 256), 64, 6),
    "breast_cancer, 100, batch 200 (the defaults)": ("breast_cancer", (100,), 200, 60),
    "wine, 100, batch 178 (the defaults)": ("wine", (100,), 178, 100),
    "diabetes, 100, batch 200 (the defaults)": ("diabetes", (100,), 200, 60),
    "50,000 x 30, 100, batch 200 (the defaults)": ("large", (100,), 200, 1),
}


@dataclass(frozen=True)
class Fit:
    """The measurements of one kind of fit.

    Attributes:
        title: which, one of `FITS`.
        seconds: for each contender, one figure a round.
        peak: of those `TRACED`, the most bytes allocated beyond what there was before; empty if not measured.
    """

    title: str
    seconds: dict[str, list[float]]
    peak: dict[str, int]


def job_of(title: str) -> tuple[Job, Any, Any]:
    """One of `FITS`, with its rows, scaled."""
    table, hidden, batch_size, epochs = FITS[title]
    X, y = TABLES[table].load()
    return Job(TABLES[table].classes, hidden, batch_size, epochs), StandardScaler().fit_transform(X), y


def measured(title: str, rounds: int, with_memory: bool) -> Fit:
    """Time the contenders at one kind of fit."""
    job, X, y = job_of(title)
    steps = {name: partial(contender, job, X, y) for name, contender in CONTENDERS.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        seconds = time_in_turn(steps, rounds, seconds=0.0)
        peak = {name: peak_of(step) for name, step in steps.items() if name in TRACED and with_memory}
    return Fit(title, seconds, peak)


def peak_of(step: Callable[[], object]) -> int:
    """The most bytes that Python and NumPy allocated during a fit, beyond those before it."""
    tracemalloc.start()
    try:
        step()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
