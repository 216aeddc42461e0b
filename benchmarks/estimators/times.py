"""How long a fit takes, in turn within one process on one thread, and how much memory, each in a process of its own."""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import StandardScaler

from benchmarks import memory
from benchmarks.estimators.contenders import CONTENDERS, Job
from benchmarks.estimators.tables import TABLES
from benchmarks.processes import output_of
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
    """What was measured of one kind of fit.

    Attributes:
        title: which, one of `FITS`.
        seconds: for each contender, one figure a round.
        peak: for each contender, the most bytes beyond what the process took before; empty if they were not measured.
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
    peak = {name: peak_of(title, name) for name in CONTENDERS} if with_memory and memory.MEASURABLE else {}
    return Fit(title, seconds, peak)


def peak_of(title: str, contender: str) -> int:
    """Bytes at the peak of a contender's fit."""
    return int(output_of(["benchmarks.estimators.times", title, contender], f"measuring the memory of {contender}"))


def peak_here(title: str, contender: str) -> int:
    """The same, in this process, after a small fit that loads what is loaded once."""
    job, X, y = job_of(title)
    fit = CONTENDERS[contender]
    fit(replace(job, hidden=(8,), batch_size=20, epochs=1), X[:200], y[:200])
    before = memory.of_this_process("VmRSS")
    memory.CLEAR.write_text("5", encoding="ascii")  # the peak counts from here on
    fit(replace(job, epochs=1), X, y)
    return memory.of_this_process("VmHWM") - before


if __name__ == "__main__":
    warnings.simplefilter("ignore", ConvergenceWarning)
    print(peak_here(*sys.argv[1:3]))
