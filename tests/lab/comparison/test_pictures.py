"""The pictures: what they show, that nothing is cut off or overlaps, and that arms can be told apart in gray."""

from io import BytesIO
from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb

from tests.lab.layout import assert_nothing_is_cut_off_or_overlaps
from tests.lab.small import comparison_with, made_up_record, names_of_arms
from tinygrad_dropout.lab.comparison.pictures import (
    ACCURACY_PANEL,
    LOOKS,
    LOSS_PANEL,
    Panel,
    draw_comparison,
    draw_curves,
    draw_learning_curves,
    draw_values,
)
from tinygrad_dropout.lab.plots import GRAY

ARMS = ("without dropout", "with dropout", "without dropout, early stopping", "with dropout, early stopping")
CAPTION = "a description of the data and the network that takes a good part of the width of the picture"
TITLE = "No effect shown: -100.0 points of test accuracy (95% interval -100.1 to +100.1, 10,000 pairs)."
PANELS = (ACCURACY_PANEL, LOSS_PANEL)
RMSE = (Panel("rmse", "RMSE (target's units)"), Panel("loss", "squared error", from_zero=True))


def records(accuracies, epochs=None):
    """The records of a network with these test accuracies."""
    return [
        {
            "epoch": epoch, "train_accuracy": 1.0, "test_accuracy": accuracy, "train_loss": 0.1, "test_loss": 0.2,
            "train_rmse": 3.0, "test_rmse": 100 * accuracy,
        }
        for epoch, accuracy in zip(epochs or range(1, len(accuracies) + 1), accuracies, strict=True)
    ]  # fmt: skip


CURVES = {ARMS[0]: [records([0.5, 0.8]), records([0.5, 0.82])], ARMS[1]: [records([0.6, 0.9]), records([0.4, 0.7])]}
STOPPED = {
    **{arm: [records([0.1, 0.2, 0.3, 0.4]), records([0.3, 0.4, 0.5, 0.6])] for arm in ARMS[:2]},
    ARMS[2]: [records([0.1, 0.3]), records([0.3, 0.5, 0.9])],
    ARMS[3]: [records([0.1, 0.2, 0.3, 0.4]), records([0.3])],
}
VALUES = {ARMS[0]: [80.0, 82.0, 78.0], ARMS[1]: [90.0, 91.0, 70.0]}
ALL_VALUES = {**VALUES, ARMS[2]: [81.0, 81.0, 81.0], ARMS[3]: [84.0, 84.0, 83.0]}


@pytest.fixture
def drawn(monkeypatch):
    """Draw a picture, and hand over the figure, neither laid out nor written."""

    def draw(picture, *arguments, title=TITLE, caption=CAPTION, **options):
        figures = []
        with monkeypatch.context() as context:
            context.setattr(FigureCanvasAgg, "print_png", lambda canvas, file: figures.append(canvas.figure))
            picture(BytesIO(), *arguments, title=title, caption=caption, **options)
        return figures[0]

    return draw


def learning_curves(drawn, curves=CURVES, panels=PANELS, **options):
    return drawn(draw_curves, curves, panels, **options)


def comparison(drawn, values=VALUES, interval=(-1.0, 5.0), **options):
    labels = {"label": "test accuracy (%)", "difference_label": "difference (points)"}
    return drawn(draw_values, values, [10.0, 9.0, -8.0], interval, **labels, **options)


PICTURES = {
    "two arms": lambda drawn, **options: learning_curves(drawn, **options),
    "four arms": lambda drawn, **options: learning_curves(drawn, curves=STOPPED, **options),
    "a regression": lambda drawn, **options: learning_curves(drawn, curves=STOPPED, panels=RMSE, **options),
    "values of two arms": lambda drawn, **options: comparison(drawn, **options),
    "values of four arms": lambda drawn, **options: comparison(drawn, values=ALL_VALUES, **options),
    "no interval": lambda drawn, **options: comparison(drawn, interval=None, **options),
}


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("times", [1, 4])
def test_nothing_is_cut_off_or_overlaps(drawn, picture, times):
    figure = PICTURES[picture](drawn, caption=CAPTION * times, title=TITLE * (1 + times // 2))
    assert_nothing_is_cut_off_or_overlaps(figure)
    for axes in figure.axes:
        labels = [label.get_window_extent() for label in axes.get_xticklabels() if label.get_text()]
        assert not any(one.overlaps(other) for one, other in combinations(labels, 2))


@pytest.mark.parametrize("picture", PICTURES)
def test_the_title_is_above_the_caption_below_and_every_row_has_a_label(drawn, picture):
    figure = PICTURES[picture](drawn)
    assert figure._suptitle.get_text().split() == TITLE.split()
    assert CAPTION in figure.legends[0].get_title().get_text()
    for axes in figure.axes:
        first_column = axes.get_subplotspec().colspan.start == 0
        assert bool(axes.get_ylabel()) == (first_column or "values" in picture or picture == "no interval")


@pytest.mark.parametrize("curves", [CURVES, STOPPED])
def test_the_legend_names_every_arm_once(drawn, curves):
    assert [text.get_text() for text in learning_curves(drawn, curves).legends[0].get_texts()] == list(curves)


def lightness(color):
    """L* of CIELAB, from 0 for black to 100 for white: what is left in gray."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 116 * float(np.dot([0.2126, 0.7152, 0.0722], linear)) ** (1 / 3) - 16


def test_arms_can_be_told_apart_without_color():
    assert len({look.marker for look in LOOKS}) == len(LOOKS)
    for one, other in combinations(LOOKS, 2):
        in_gray = abs(lightness(one.color) - lightness(other.color)) > 30 and one.width != other.width
        assert in_gray or one.dashes != other.dashes


def test_every_arm_has_its_own_style_in_every_panel(drawn):
    for axes in learning_curves(drawn, STOPPED).axes:
        for look, line in zip(LOOKS, axes.get_lines(), strict=True):
            assert (line.get_color(), line.get_linewidth(), line.get_marker()) == (look.color, look.width, look.marker)
        assert [line.is_dashed() for line in axes.get_lines()] == [False, False, True, True]


def test_learning_curves_are_means_in_percent_of_test_and_of_training_examples(drawn):
    test, train, test_loss, train_loss = learning_curves(drawn).axes
    curves = [
        {line.get_label(): pytest.approx(line.get_ydata()) for line in axes.get_lines()}
        for axes in (test, train, test_loss, train_loss)
    ]
    assert curves == [
        {ARMS[0]: [50, 81], ARMS[1]: [50, 80]},
        {ARMS[0]: [100, 100], ARMS[1]: [100, 100]},
        {ARMS[0]: [0.2, 0.2], ARMS[1]: [0.2, 0.2]},
        {ARMS[0]: [0.1, 0.1], ARMS[1]: [0.1, 0.1]},
    ]
    assert (test.get_title(), train.get_title()) == ("On test examples", "On training examples")
    assert (test.get_ylabel(), test_loss.get_ylabel()) == ("accuracy (%)", "cross-entropy (nats)")
    assert test.get_ylim() == train.get_ylim()  # the gap between them can be seen
    assert test_loss.get_ylim()[0] == 0


def test_a_regressions_measure_is_drawn_in_its_own_units(drawn):
    test, train, *_ = learning_curves(drawn, panels=RMSE).axes
    assert [list(line.get_ydata()) for line in test.get_lines()] == [pytest.approx([50, 81]), pytest.approx([50, 80])]
    assert [list(line.get_ydata()) for line in train.get_lines()] == [[3, 3], [3, 3]]
    assert test.get_ylabel() == "RMSE (target's units)"


def bands(axes):
    """The lowest and the highest value of every band."""
    boxes = [band.get_datalim(axes.transData) for band in axes.collections]
    return [(box.y0, box.y1) for box in boxes]


def test_two_arms_have_bands_of_their_range_on_test_examples_only(drawn):
    figure = learning_curves(drawn, {arm: [records([low]), records([high])] for arm, low, high in
                                     ((ARMS[0], 0.78, 0.82), (ARMS[1], 0.7, 0.9))})  # fmt: skip
    test, train, *_ = figure.axes
    assert bands(test) == [pytest.approx((78, 82)), pytest.approx((70, 90))]
    assert bands(train) == []
    assert "Bands: lowest to highest." in figure.legends[0].get_title().get_text()


def test_four_arms_have_no_bands(drawn):
    full = {arm: [records([0.1, 0.2]), records([0.3, 0.4])] for arm in ARMS}
    figure = learning_curves(drawn, full)
    assert [list(axes.collections) for axes in figure.axes] == [[]] * 4
    note = figure.legends[0].get_title().get_text()
    assert "Lines: means of 2 pairs" in note
    assert "Bands" not in note
    assert "stopped" not in note


def test_the_stop_of_a_network_is_marked_and_the_mean_continues_with_its_last_values(drawn):
    figure = learning_curves(drawn, STOPPED)
    test, train, *_ = figure.axes
    means = [(list(line.get_xdata()), list(line.get_ydata())) for line in test.get_lines()]
    assert means[0] == ([1, 2, 3, 4], pytest.approx([20, 30, 40, 50]))
    assert means[2] == ([1, 2, 3], pytest.approx([20, 40, 60]))  # 0.3 and 0.9 after the third epoch
    assert means[3] == ([1, 2, 3, 4], pytest.approx([20, 25, 30, 35]))
    stops = [(points.get_offsets().tolist(), points.get_paths()) for points in test.collections]
    assert [where for where, _ in stops] == [
        [[2, pytest.approx(30)], [3, pytest.approx(90)]],
        [[4, pytest.approx(40)], [1, pytest.approx(30)]],
    ]
    assert all(len(points.get_facecolors()) == 0 for points in test.collections)
    assert list(train.collections) == []
    assert "Open markers: where a network stopped" in figure.legends[0].get_title().get_text()


def test_networks_measured_after_different_epochs_are_averaged_at_all_of_them(drawn):
    """The second is halfway from 0.2 to 0.4 after epoch 2."""
    curves = {ARMS[0]: [records([0.1, 0.5, 0.6], [1, 2, 3]), records([0.2, 0.4], [1, 3])]}
    line = learning_curves(drawn, curves).axes[0].get_lines()[0]
    assert (list(line.get_xdata()), list(line.get_ydata())) == ([1, 2, 3], pytest.approx([15, 40, 50]))


@pytest.mark.parametrize("epochs", [[1], [1, 2], [1, 2, 5, 12], list(range(1, 81))])
def test_curves_pass_through_the_measured_epochs_and_ticks_are_whole_epochs(drawn, epochs):
    curves = {arm: [records([0.5] * len(epochs), epochs)] * 2 for arm in ARMS[:2]}
    for axes in learning_curves(drawn, curves).axes:
        assert [list(line.get_xdata()) for line in axes.get_lines()] == [epochs] * 2
        assert all(tick == round(tick) for tick in axes.get_xticks())


def test_a_single_epoch_can_be_seen(drawn):
    """A line of one point has no length: its marker is all there is."""
    curves = {arm: [records([0.5])] * 2 for arm in ARMS[:2]}
    for line in learning_curves(drawn, curves).axes[0].get_lines():
        assert line.get_markevery() == 1


def test_each_pair_is_a_line_from_without_to_with(drawn):
    left, right = comparison(drawn).axes
    lines = [line.get_ydata().tolist() for line in left.get_lines() if line.get_color() == GRAY]
    assert lines == [[80, 90], [82, 91], [78, 70]]
    assert [points.get_offsets()[:, 1].tolist() for points in left.collections] == list(VALUES.values())
    means = [line.get_ydata()[0] for line in left.get_lines() if line.get_color() == "black"]
    assert means == pytest.approx([80, 251 / 3])
    np.testing.assert_allclose(right.collections[0].get_offsets()[:, 1], [10, 9, -8])


def test_four_arms_are_joined_in_pairs_and_equal_values_are_side_by_side(drawn):
    left, _ = comparison(drawn, values=ALL_VALUES).axes
    lines = [line.get_ydata().tolist() for line in left.get_lines() if line.get_color() == GRAY]
    assert lines == [[80, 90], [82, 91], [78, 70], [81, 84], [81, 84], [81, 83]]
    for points in left.collections:
        assert len(set(points.get_offsets()[:, 0])) == 3
    labels = [label.get_text().replace("\n", " ") for label in left.get_xticklabels()]
    assert labels == list(ALL_VALUES)


def test_the_interval_is_an_error_bar_around_the_mean_of_the_differences(drawn):
    _, right = comparison(drawn).axes
    (bar,) = right.containers
    assert bar.lines[0].get_ydata().tolist() == [pytest.approx(11 / 3)]
    assert bar.lines[2][0].get_segments()[0][:, 1].tolist() == pytest.approx([-1, 5])
    assert bar.get_label() == "mean and its 95% interval"


def test_without_an_interval_there_is_no_error_bar(drawn):
    _, right = comparison(drawn, interval=None).axes
    (bar,) = right.containers
    assert bar.lines[0].get_ydata().tolist() == [pytest.approx(11 / 3)]
    assert not bar.lines[2]
    assert bar.get_label() == "mean"


def test_a_picture_is_a_png():
    file = BytesIO()
    draw_curves(file, CURVES, PANELS, title=TITLE, caption=CAPTION)
    assert file.getvalue().startswith(b"\x89PNG")


def outcome_of(classes, early_stopping):
    """Five pairs in which everything that can be said is said: long titles, long labels."""
    score = {"train_rmse": 41.5, "test_rmse": 43.2, "test_r_squared": 0.4} if classes is None else {}
    records = [
        made_up_record(arm, seed, *[0.9 - seed / 100] * 4, **score)
        for seed in range(5)
        for arm in names_of_arms(early_stopping)
    ]
    for record in records:
        record["curve"] = [measured | score for measured in record["curve"]]
        record["baseline"] = record["baseline"] | {"train_rmse": 77.0, "test_rmse": 78.0, "test_r_squared": 0.0}
    return comparison_with(records, classes=classes, seeds=5, epochs=4, early_stopping=early_stopping)


@pytest.mark.parametrize("early_stopping", [None, "only", "also"])
@pytest.mark.parametrize("classes", [10, None])
@pytest.mark.parametrize("draw", [draw_learning_curves, draw_comparison])
def test_the_pictures_of_a_comparison_are_laid_out_well(monkeypatch, draw, classes, early_stopping):
    figures = []
    with monkeypatch.context() as context:
        context.setattr(FigureCanvasAgg, "print_png", lambda canvas, file: figures.append(canvas.figure))
        draw(outcome_of(classes, early_stopping), BytesIO())
    assert_nothing_is_cut_off_or_overlaps(figures[0])
    for axes in figures[0].axes:  # a label that is longer than its axis reaches into what is above and below
        label = axes.yaxis.get_label().get_window_extent()
        assert axes.bbox.y0 <= label.y0 or not axes.get_ylabel()
        assert label.y1 <= axes.bbox.y1 or not axes.get_ylabel()
