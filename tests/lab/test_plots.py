"""Titles and captions fit figures of any width."""

from io import BytesIO

import pytest

pytest.importorskip("matplotlib", reason="the pictures need the extra lab")

from tinygrad_dropout.lab import plots

WORDS = "a text that says at some length what this picture shows, "


@pytest.mark.parametrize("width", [5, 7, 10, 12])
def test_the_title_and_the_caption_are_no_wider_than_the_figure(width):
    figure = plots.new_figure(width, 4)
    axes = figure.subplots()
    axes.plot([1, 2], label="a line")
    plots.save(figure, BytesIO(), WORDS * 4, WORDS * 6, axes, 1)
    for text in (figure._suptitle, figure.legends[0].get_title()):
        extent = text.get_window_extent()
        assert 0 <= extent.x0 < extent.x1 <= figure.bbox.width
