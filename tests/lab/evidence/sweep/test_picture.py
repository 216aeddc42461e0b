"""The picture of a sweep: nothing overlaps."""

from itertools import pairwise

import pytest

from tests.lab.evidence.sweep.small import made_up, noisy, options_of
from tests.lab.layout import assert_nothing_is_cut_off_or_overlaps
from tinygrad_dropout.lab.evidence.sweep import SWEEP
from tinygrad_dropout.lab.evidence.sweep.picture import ticks

EXTREMES = [
    {"values": (0, 1)},
    {"over": "train_size", "values": (10, 100_000, 101_000, 102_000, 1_000_000)},
    {"figure": 9, "values": (0, 0.01, 0.02, 0.5, 0.99)},
    {"over": "label_noise", "values": (0.5,)},
    {"over": "epochs", "values": (1, 2), "seeds": 1},
]


@pytest.mark.parametrize("given", EXTREMES, ids=str)
def test_in_the_picture_nothing_overlaps(drawn, given):
    options = options_of(**{"seeds": 3} | given)
    records = made_up(options, noisy(given["values"][-1], 0.1))
    figure = drawn(SWEEP.outcome(options, {}, tuple(records)))
    assert_nothing_is_cut_off_or_overlaps(figure)
    boxes = [label.get_window_extent() for label in figure.axes[1].get_xticklabels()]
    assert all(one.x1 < other.x0 for one, other in pairwise(boxes))


def test_labels_too_close_to_another_are_left_out():
    assert ticks([0, 1, 2, 30, 100], list("abcde")) == ([0, 30, 100], ["a", "d", "e"])
    assert ticks([7], ["a"]) == ([7], ["a"])
