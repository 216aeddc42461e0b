"""The pictures: axes are labeled, nothing is cut off or overlaps, and curves differ without color."""

import pytest

from tests.lab.layout import assert_nothing_is_cut_off_or_overlaps
from tests.lab.theory.small import SMALL, run_small, small_outcome

EXTREMES = [
    run_small("expectation", p=0, units=1, samples=2),
    run_small("expectation", p=0.9, units=40, samples=50),
    run_small("ensemble", p=0.999, units=2, samples=1),
    run_small("ensemble", p=1e-12, units=1, layers=(1,), samples=2),
    run_small("ridge", p=(0.5,), features=10, examples=11),
    run_small("ridge", p=(0.0, 1 - 1e-12), features=1, examples=2),
]


@pytest.mark.parametrize(
    "outcome", [*map(small_outcome, SMALL), *EXTREMES], ids=lambda outcome: outcome.experiment.name
)
def test_nothing_is_cut_off_or_overlaps_and_every_axis_is_labeled(drawn, outcome):
    figure = drawn(outcome)
    assert_nothing_is_cut_off_or_overlaps(figure)
    rows = {axes.get_subplotspec().rowspan.start for axes in figure.axes}
    columns = {axes.get_subplotspec().colspan.start for axes in figure.axes}
    assert {axes.get_subplotspec().rowspan.start for axes in figure.axes if axes.get_ylabel()} == rows
    assert {axes.get_subplotspec().colspan.start for axes in figure.axes if axes.get_xlabel()} == columns


@pytest.mark.parametrize("name", SMALL)
def test_the_verdict_is_the_title_and_the_description_is_below(drawn, name):
    outcome = small_outcome(name)
    figure = drawn(outcome)
    assert figure._suptitle.get_text().split() == outcome.notes[0].split()
    assert " ".join(outcome.description.split()) in " ".join(figure.legends[0].get_title().get_text().split())


@pytest.mark.parametrize("name", SMALL)
def test_lines_and_markers_can_be_told_apart_without_color(drawn, name):
    for axes in drawn(small_outcome(name)).axes:
        looks = [
            (line.get_linestyle(), line.get_marker(), line.get_linewidth())
            for line in axes.get_lines()
            if not str(line.get_label()).startswith("_") and len(line.get_xdata())
        ]
        assert len(set(looks)) == len(looks)
