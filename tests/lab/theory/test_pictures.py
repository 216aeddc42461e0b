"""The pictures: what they show, that axes are labelled, and that nothing is cut off or overlaps."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from tests.lab.theory.small import SMALL, small_outcome
from tinygrad_dropout.lab import plots
from tinygrad_dropout.lab.theory import EXPERIMENTS, ensemble, expectation, ridge, run


@pytest.fixture(scope="module")
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


EXTREMES = [
    run("expectation", expectation.Options(p=0, units=1, samples=2)),
    run("expectation", expectation.Options(p=0.9, units=40, samples=50)),
    run("ensemble", ensemble.Options(p=0.999, units=2, samples=1)),
    run("ensemble", ensemble.Options(p=1e-12, units=1, layers=(1,), samples=2)),
    run("ridge", ridge.Options(p=(0.5,), features=10, examples=11)),
    run("ridge", ridge.Options(p=(0.0, 1 - 1e-12), features=1, examples=2)),
]


@pytest.mark.parametrize("outcome", [*map(small_outcome, SMALL), *EXTREMES], ids=lambda outcome: outcome.name)
def test_nothing_is_cut_off_or_overlaps_and_every_axis_is_labelled(drawn, outcome):
    figure = drawn(outcome)
    boxes = [
        figure._suptitle.get_window_extent(),
        figure.legends[0].get_window_extent(),
        *(axes.get_tightbbox() for axes in figure.axes),
    ]
    for box in boxes:
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other)
    rows = {axes.get_subplotspec().rowspan.start for axes in figure.axes}
    columns = {axes.get_subplotspec().colspan.start for axes in figure.axes}
    assert {axes.get_subplotspec().rowspan.start for axes in figure.axes if axes.get_ylabel()} == rows
    assert {axes.get_subplotspec().colspan.start for axes in figure.axes if axes.get_xlabel()} == columns


@pytest.mark.parametrize("name", SMALL)
def test_the_verdict_is_the_title_and_the_description_stands_below(drawn, name):
    outcome = small_outcome(name)
    figure = drawn(outcome)
    assert figure._suptitle.get_text().split() == outcome.notes[0].split()
    assert " ".join(outcome.description.split()) in " ".join(figure.legends[0].get_title().get_text().split())


@pytest.mark.parametrize("name", SMALL)
def test_lines_and_markers_can_be_told_apart_without_colour(drawn, name):
    for axes in drawn(small_outcome(name)).axes:
        looks = [
            (line.get_linestyle(), line.get_marker(), line.get_linewidth())
            for line in axes.get_lines()
            if not str(line.get_label()).startswith("_") and len(line.get_xdata())
        ]
        assert len(set(looks)) == len(looks)


def test_the_expectation_picture_shows_test_and_training_of_every_scheme(drawn):
    outcome = small_outcome("expectation")
    axes = drawn(outcome).axes
    for above, below, (scheme, found) in zip(axes[:3], axes[3:], outcome.figures["schemes"].items(), strict=True):
        lines = {line.get_label(): line.get_xdata() for line in above.get_lines() if len(line.get_xdata())}
        assert lines["training, mean"] == [found["train"]["mean"]] * 2
        assert lines["test time"] == [found["test"]] * 2
        assert above.get_title() == f"{scheme}: test / training = {found['ratio']['mean']:.3f}"
        (neurons,) = below.containers
        np.testing.assert_array_equal(neurons.lines[0].get_xdata(), found["neurons"]["train"])
        np.testing.assert_array_equal(neurons.lines[0].get_ydata(), found["neurons"]["test"])
        ends = np.array([segment[:, 0] for segment in neurons.lines[2][0].get_segments()])
        np.testing.assert_allclose((ends[:, 1] - ends[:, 0]) / 2, found["neurons"]["reach"], rtol=1e-9)
    assert len({axis.get_xlim() for axis in axes[:3]}) == len({axis.get_xlim() for axis in axes[3:]}) == 1


def test_the_ensemble_picture_shows_monte_carlo_with_error_bars_and_the_averages_as_levels(drawn):
    outcome = small_outcome("ensemble")
    axes = drawn(outcome).axes
    for column, network in enumerate(outcome.figures["networks"]):
        for row, score in enumerate(("error", "loss")):
            picture, found = axes[2 * row + column], network["monte_carlo"]
            bars = next(each for each in picture.containers if len(each.lines[0].get_xdata()))
            assert bars.lines[0].get_xdata().tolist() == [each["k"] for each in found]
            np.testing.assert_array_equal(bars.lines[0].get_ydata(), [each[score]["mean"] for each in found])
            ends = np.array([segment[:, 1] for segment in bars.lines[2][0].get_segments()])
            spreads = [each[score]["sd"] for each in found]
            np.testing.assert_allclose((ends[:, 1] - ends[:, 0]) / 2, spreads, atol=1e-12)
            levels = {
                line.get_label(): line.get_ydata()[0] for line in picture.get_lines() if len(line.get_ydata()) == 2
            }
            assert levels["weight scaling"] == network["averages"]["weight scaling"][score]
            assert levels["geometric mean of all"] == network["averages"]["geometric mean"][score]
            assert levels["arithmetic mean of all"] == network["averages"]["arithmetic mean"][score]
        to_arithmetic, to_scaling = axes[4 + column].containers
        for bars, key in ((to_arithmetic, "from_arithmetic"), (to_scaling, "from_scaling")):
            expected = [each[key]["mean"] for each in network["monte_carlo"]]
            np.testing.assert_array_equal(bars.lines[0].get_ydata(), expected)


def test_the_ridge_picture_shows_the_closed_form_as_lines_and_training_as_markers(drawn):
    outcome = small_outcome("ridge")
    left, right = drawn(outcome).axes
    drawn_lines = [line for line in left.get_lines() if len(line.get_xdata()) == len(outcome.figures["rates"])]
    weights = [found["weights"] for found in outcome.figures["rates"]]
    for feature in range(2):
        line, markers = drawn_lines[2 * feature : 2 * feature + 2]
        assert (line.get_linestyle(), line.get_marker()) == ("-", "None")
        assert markers.get_linestyle() == "None"
        assert line.get_ydata().tolist() == [each["closed"][feature] for each in weights]
        assert markers.get_ydata().tolist() == [each["trained"][feature] for each in weights]
    curves = {line.get_label(): line.get_ydata() for line in right.get_lines()}
    for name, key in {
        "loss": "loss",
        "gradient": "gradient",
        "minimum, solved": "solved",
        "minimum, trained": "trained",
    }.items():
        expected = [max(found["differences"][key], 1e-17) for found in outcome.figures["rates"]]
        assert list(curves[name]) == expected
