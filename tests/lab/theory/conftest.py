"""What the tests of the theory experiments share."""

import copy

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from tests.lab.theory.small import small_outcome


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
                patch.setattr(FigureCanvasAgg, "print_png", lambda canvas, file: now.append(canvas.figure))
                outcome.pictures()
            now[0].draw_without_rendering()
            figures[id(outcome)] = now[0]
        return figures[id(outcome)]

    return draw
