"""What the tests of the lab share."""

import os

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from tinygrad_dropout.lab.trials.folder import Folder


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    """Every record that is kept would wait some milliseconds for it, which only a power cut could tell."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture
def blank_pictures(monkeypatch):
    """Pictures are empty files, where a test is of something else: drawing them would take most of its time."""

    def draw(folder, outcome):
        for name in outcome.experiment.pictures:
            (folder.path / name).touch()

    monkeypatch.setattr(Folder, "draw", draw)


@pytest.fixture(scope="session")
def drawn():
    """Draw an outcome, and hand over the figure, neither laid out nor written. Each is drawn once for all tests."""
    figures = {}

    def draw(outcome):
        if id(outcome) not in figures:
            now = []
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(FigureCanvasAgg, "print_png", lambda canvas, file: now.append(canvas.figure))
                outcome.pictures()
            figures[id(outcome)] = outcome, now[0]  # the outcome too: another's id may not be the same
        return figures[id(outcome)][1]

    return draw
