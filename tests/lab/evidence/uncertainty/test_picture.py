"""The picture: what it shows, that nothing is cut off or overlaps, and that methods can be told apart in gray."""

import numpy as np
import pytest

from tests.lab.evidence.uncertainty.small import METHODS, made_up_outcome, run_small, small_outcome
from tests.lab.layout import assert_nothing_is_cut_off_or_overlaps
from tinygrad_dropout.lab.comparison.training import Streams
from tinygrad_dropout.lab.evidence.uncertainty.problems import GRID, gap

SPREAD = made_up_outcome(coverage=0.6, spread=0.01)


@pytest.mark.parametrize(
    "outcome",
    [made_up_outcome(), made_up_outcome(uci="protein-tertiary-structure", coverage=0.02, spread=0.01),
     made_up_outcome(coverage=1.0, seeds=2), run_small(seeds=1)],
    ids=["whole", "long name", "without intervals", "one seed"],
)  # fmt: skip
def test_nothing_is_cut_off_or_overlaps_and_every_axis_is_labeled(drawn, outcome):
    figure = drawn(outcome)
    assert_nothing_is_cut_off_or_overlaps(figure)
    assert all(axes.get_ylabel() and axes.get_title() for axes in figure.axes)


def test_the_verdict_is_the_title_and_the_description_is_below(drawn):
    outcome = small_outcome()
    figure = drawn(outcome)
    assert figure._suptitle.get_text().split() == outcome.notes[0].split()
    below = " ".join(figure.legends[0].get_title().get_text().split())
    assert " ".join(outcome.description.split()) in below
    assert "Top left: only seed 100." in below


def test_the_curves_and_points_are_those_of_the_records(drawn):
    outcome = small_outcome()
    curve, held, _, far = drawn(outcome).axes
    record = outcome.records[0]
    lines = {line.get_label(): line.get_xydata() for line in curve.get_lines()}
    assert np.allclose(lines["Monte Carlo mean"], np.transpose([GRID, record["middle"]["Monte Carlo"]]))
    assert np.allclose(lines["weight scaling"], np.transpose([GRID, record["middle"]["weight scaling"]]))
    split = gap(np.random.default_rng(Streams.from_seed(record["seed"]).split)).split
    assert np.allclose(lines["training data"], np.transpose([split.x_train[:, 0], split.y_train]))
    shares = {line.get_label(): line.get_ydata() for line in held.get_lines()}
    for method in METHODS:
        wanted = [100 * part["scores"][method]["coverage"] for part in outcome.figures["regressions"].values()]
        assert shares[method] == pytest.approx(wanted)
    for line, method in zip(far.get_lines(), METHODS, strict=False):
        confidence = outcome.figures["classification"]["confidence"][method]
        assert line.get_ydata() == pytest.approx(100 * np.array(confidence))


def test_bars_end_at_the_ends_of_the_intervals(drawn):
    bars = [line.get_ydata() for line in drawn(SPREAD).axes[1].get_lines() if str(line.get_label()).startswith("_")]
    found = [part["coverage"] for part in SPREAD.figures["regressions"].values()]
    assert [tuple(bar) for bar in bars[:4]] == [pytest.approx((one["low"], one["high"])) for one in found]


def test_the_methods_can_be_told_apart_without_color(drawn):
    for axes in drawn(small_outcome()).axes[1:]:
        looks = [(line.get_linestyle(), line.get_marker()) for line in axes.get_lines() if line.get_marker() != "None"]
        assert len(set(looks)) == len(looks) == 3
