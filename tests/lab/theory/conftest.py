"""What the tests of the theory experiments share."""

import copy
from pathlib import Path

import pytest

from tests.lab.theory.small import small_outcome
from tinygrad_dropout.lab import plots
from tinygrad_dropout.lab.theory import EXPERIMENTS


@pytest.fixture
def figures():
    """Copies of the figures of small experiments, to be changed."""
    return lambda name: copy.deepcopy(small_outcome(name).figures)


@pytest.fixture(scope="session")
def drawn():
    """Draw an outcome, and hand over the figure instead of writing it. Each is drawn once for all tests."""
    figures = {}

    def draw(outcome):
        if id(outcome) not in figures:
            now = []
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(plots, "write_file", lambda path, write: now.append(write.__self__.figure))
                EXPERIMENTS[outcome.name].draw(Path(), outcome.figures, outcome.notes[0], outcome.description)
            now[0].draw_without_rendering()
            figures[id(outcome)] = now[0]
        return figures[id(outcome)]

    return draw
