"""Figures made up for the tests: three rounds in which PyTorch takes twice our time and NumPy half of it."""

import pytest

from benchmarks.growth import Growth
from benchmarks.results import Results

MACHINE = {"processor": "a processor", "system": "a system", "threads": 1, "versions": "Python 3"}


@pytest.fixture
def results() -> Results:
    seconds = {"ours": [1e-3, 2e-3, 3e-3], "torch_eager": [2e-3, 4e-3, 6e-3], "numpy_naive": [5e-4, 1e-3, 1.5e-3]}
    return Results(MACHINE, {"W1": seconds, "W5": seconds}, {"ours": 2**28}, {"JAX jit": "jax is not installed"})


@pytest.fixture
def growth() -> Growth:
    """PyTorch takes twice our time at a width of 10, and half of it at 1000."""
    ours = [[1e-3, 1e-3], [1e-3, 1e-3]]
    theirs = [[2e-3, 2e-3], [5e-4, 5e-4]]
    return Growth(
        MACHINE,
        {"width": [10, 1000]},
        {"width": {"ours": ours, "torch_eager": theirs}},
        {"width": {"ours": [2**20, 2**21], "torch_eager": []}},
    )
