"""Figures made up for the tests: PyTorch takes twice our time, and now and then half of it."""

import pytest

from benchmarks.growth import Growth
from benchmarks.main_job.measured import MainJob
from benchmarks.results import Results

MACHINE = {"processor": "a processor", "system": "a system", "threads": 1, "versions": "Python 3"}


@pytest.fixture
def results() -> Results:
    """Three rounds in which PyTorch takes twice our time and NumPy half of it."""
    seconds = {"ours": [1e-3, 2e-3, 3e-3], "torch_eager": [2e-3, 4e-3, 6e-3], "numpy_naive": [5e-4, 1e-3, 1.5e-3]}
    return Results(dict(MACHINE), {"W1": seconds, "W5": seconds}, {"ours": 2**28}, {"JAX jit": "jax is not installed"})


@pytest.fixture
def growth() -> Growth:
    """PyTorch takes twice our time at a width of 10 and half of it at 1000; a retained graph costs us 1 µs a link."""
    ours = {"width": [[1e-3, 1e-3], [1e-3, 1e-3]], "retained": [[1e-5, 1e-5], [1e-3, 1e-3]]}
    theirs = {"width": [[2e-3, 2e-3], [5e-4, 5e-4]], "retained": [[2e-5, 2e-5], [2e-3, 2e-3]]}
    return Growth(
        dict(MACHINE),
        {"width": [10, 1000], "retained": [10, 1000]},
        {name: {"ours": ours[name], "torch_eager": theirs[name]} for name in ours},
        {name: {"ours": [2**20, 2**21], "torch_eager": []} for name in ours},
    )


@pytest.fixture
def main_job() -> MainJob:
    """On two cores, PyTorch with processes takes twice our time, and with threads three times."""
    seconds = {"ours": [10.0, 11.0], "pytorch_threads": [30.0, 33.0], "pytorch_processes": [20.0, 22.0]}
    names = {
        "ours": "tinygrad_dropout",
        "pytorch_threads": "PyTorch, 2 threads",
        "pytorch_processes": "PyTorch, 2 processes",
    }
    accuracy = {key: {"without": 0.84, "with": 0.94} for key in seconds}
    job = {"pairs": 10, "epochs": 80, "measured": [1, 80]}
    return MainJob(dict(MACHINE, threads=2), job, names, seconds, accuracy)
