"""The pictures: what they show, and that nothing in them is cut off or overlaps."""

from itertools import combinations

import numpy as np
import pytest

from tests.lab.small import made_up_pair
from tinygrad_dropout.lab import Difference, plots

PAIRS = [made_up_pair(0, 0.80, 0.90), made_up_pair(1, 0.82, 0.91), made_up_pair(2, 0.78, 0.70)]
CAPTION = "a description of the data and the network that takes a good part of the width of the picture"
LONGEST = Difference(-100, -100.1, 100.1, 10_000)
PICTURES = [plots.draw_learning_curves, plots.draw_comparison]


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    """Draw a picture, and hand over the figure in place of writing it."""

    def draw(picture, pairs=PAIRS, difference=LONGEST, caption=CAPTION):
        figures = []
        monkeypatch.setattr(plots, "write_file", lambda path, write: figures.append(write.__self__.figure))
        picture(tmp_path / "picture.png", pairs, difference, caption)
        figures[0].draw_without_rendering()
        return figures[0]

    return draw


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("caption", [CAPTION, CAPTION * 4])
def test_nothing_is_cut_off_or_overlaps(drawn, picture, caption):
    figure = drawn(picture, caption=caption)
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


@pytest.mark.parametrize("picture", PICTURES)
def test_the_verdict_is_the_title_and_every_axis_with_numbers_has_a_label(drawn, picture):
    figure = drawn(picture)
    assert figure._suptitle.get_text() == str(LONGEST)
    assert all(axes.get_ylabel() for axes in figure.axes)
    assert CAPTION in figure.legends[0].get_title().get_text()


def test_learning_curves_are_means_with_ranges(drawn):
    accuracy = drawn(plots.draw_learning_curves).axes[0]
    curves = {line.get_label(): line.get_ydata().tolist() for line in accuracy.get_lines()}
    assert curves == {
        "without dropout, train": [100],
        "without dropout, test": [pytest.approx(80)],
        "with dropout, train": [100],
        "with dropout, test": [pytest.approx(100 * (0.90 + 0.91 + 0.70) / 3)],
    }
    bands = [band.get_datalim(accuracy.transData) for band in accuracy.collections]
    assert [(band.y0, band.y1) for band in bands][1] == pytest.approx((78, 82))


def pairs_measured_after(epochs):
    pair = made_up_pair(0, 0.8, 0.9)
    return [{arm: [{**pair[arm][0], "epoch": epoch} for epoch in epochs] for arm in ("without", "with")}] * 2


def test_curves_pass_through_the_epochs_that_were_measured(drawn):
    for axes in drawn(plots.draw_learning_curves, pairs=pairs_measured_after([1, 2, 5, 12])).axes:
        assert [list(line.get_xdata()) for line in axes.get_lines()] == [[1, 2, 5, 12]] * 4
        bands = [band.get_datalim(axes.transData) for band in axes.collections]
        assert [(band.x0, band.x1) for band in bands] == [(1, 12)] * 4


@pytest.mark.parametrize("epochs", [1, 2, 80])
def test_ticks_are_whole_epochs(drawn, epochs):
    for axes in drawn(plots.draw_learning_curves, pairs=pairs_measured_after(range(1, epochs + 1))).axes:
        assert all(tick == round(tick) for tick in axes.get_xticks())


def test_each_pair_is_a_line_from_without_to_with(drawn):
    left, right = drawn(plots.draw_comparison, difference=Difference(2, -1, 5, 3)).axes
    lines = [line.get_ydata() for line in left.get_lines()]
    np.testing.assert_allclose(lines, [[80, 90], [82, 91], [78, 70]])
    np.testing.assert_allclose(right.collections[0].get_offsets()[:, 1], [10, 9, -8])
    (interval,) = right.containers
    assert interval.lines[0].get_ydata().tolist() == [2]
    assert interval.lines[2][0].get_segments()[0][:, 1].tolist() == [-1, 5]


def test_a_picture_file_is_a_png(tmp_path):
    plots.draw_comparison(tmp_path / "picture.png", PAIRS, LONGEST, CAPTION)
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
    assert not plots.are_drawn(tmp_path)


def test_the_loss_panel_shows_losses(tmp_path, monkeypatch):
    figures = []
    monkeypatch.setattr(plots, "write_file", lambda path, write: figures.append(write.__self__.figure))
    difference = Difference(10, 9, 11, pairs=2)
    plots.draw_learning_curves(tmp_path, [made_up_pair(0, 0.8, 0.9)], difference, "caption")
    assert [line.get_ydata()[0] for line in figures[0].axes[1].get_lines()] == [0.1, 0.2, 0.1, 0.2]
