"""The picture of the boundaries: which networks it shows, and that nothing overlaps."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from tests.lab.evidence.small import small_outcome
from tests.lab.layout import assert_nothing_is_cut_off_or_overlaps
from tinygrad_dropout.lab.comparison.arms import WITH, WITHOUT
from tinygrad_dropout.lab.evidence.boundary.experiment import BOUNDARY
from tinygrad_dropout.lab.evidence.boundary.pictures import ARMS, FARTHEST, MOONS, REACH
from tinygrad_dropout.lab.evidence.packed import unpacked


def drawn(outcome):
    figures = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FigureCanvasAgg, "print_png", lambda canvas, file: figures.append(canvas.figure))
        outcome.pictures()
    return figures[0]


@pytest.fixture(scope="module")
def figure():
    return drawn(small_outcome(BOUNDARY))


def lines_of(axes):
    return [line.get_xydata() for line in axes.get_lines() if len(line.get_xydata())]


def found(wanted, drawn):
    return any(one.shape == wanted.shape and np.allclose(one, wanted) for one in drawn)


def test_the_first_pairs_are_drawn_over_their_points_next_to_all_pairs(figure):
    outcome = small_outcome(BOUNDARY)
    for row, setting in zip(np.reshape(figure.axes, (3, 5)), outcome.figures, strict=True):
        records = [record for record in outcome.records if record["configuration"] == setting]
        assert [axes.get_title() for axes in row] == [
            "seed 0", "seed 1", "seed 2", *(f"all 3 pairs, {arm}" for arm in ARMS)
        ]  # fmt: skip
        assert row[0].get_ylabel() == setting
        panels = [(axes, [one for one in records if one["seed"] == seed]) for seed, axes in enumerate(row[:3])]
        panels += [
            (axes, [one for one in records if one["arm"] == arm]) for axes, arm in zip(row[3:], ARMS, strict=True)
        ]
        for axes, own in panels:
            boundaries = [unpacked(line, REACH).reshape(-1, 2) for record in own for line in record["boundary"]]
            points = [unpacked(moon, FARTHEST).reshape(-1, 2) for moon in own[0]["points"]]
            drawn = lines_of(axes)
            assert all(found(line, drawn) for line in boundaries)
            assert all(found(moon, drawn) for moon in points) == (axes in row[:3])


def test_each_moon_has_its_own_marker(figure):
    record = small_outcome(BOUNDARY).records[0]
    for (_, marker), moon in zip(MOONS, record["points"], strict=True):
        points = unpacked(moon, FARTHEST).reshape(-1, 2)
        (line,) = [line for line in figure.axes[0].get_lines() if np.array_equal(line.get_xydata(), points)]
        assert line.get_marker() == marker


def test_the_shade_is_the_mean_probability_of_the_second_moon(figure):
    outcome = small_outcome(BOUNDARY)
    panels = np.reshape(figure.axes, (3, 5))[:, 3:]
    for row, setting in zip(panels, outcome.figures, strict=True):
        for axes, arm in zip(row, (WITHOUT.name, WITH.name), strict=True):
            kept = [record["leaning"] for record in outcome.records
                    if (record["configuration"], record["arm"]) == (setting, arm)]  # fmt: skip
            mean = np.mean([(1 + unpacked(one, 1)) / 2 for one in kept], axis=0)
            shade = axes.collections[0]
            assert shade.zmin == pytest.approx(mean.min())
            assert shade.zmax == pytest.approx(mean.max())


def test_nothing_is_cut_off_or_overlaps(figure):
    assert_nothing_is_cut_off_or_overlaps(figure)
    assert figure.get_suptitle().split() == small_outcome(BOUNDARY).notes[0].split()


@pytest.mark.parametrize("pairs", [1, 2])
def test_fewer_pairs_have_fewer_panels(pairs):
    outcome = small_outcome(BOUNDARY)
    records = [record for record in outcome.records if record["seed"] < pairs]
    figure = drawn(BOUNDARY.outcome(outcome.options, {}).with_records(records))
    assert len(figure.axes) == 3 * (pairs + 2)
    assert figure.axes[-1].get_title() == ("with dropout" if pairs == 1 else "all 2 pairs, with dropout")
    assert_nothing_is_cut_off_or_overlaps(figure)
