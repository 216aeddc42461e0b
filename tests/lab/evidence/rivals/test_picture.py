"""The picture of dropout and its rivals."""

import pytest

from tests.lab.evidence.rivals.small import better, made_up, options_of
from tests.lab.layout import assert_nothing_is_cut_off_or_overlaps
from tinygrad_dropout.lab.evidence.rivals import RIVALS
from tinygrad_dropout.lab.evidence.rivals.tries import (
    DROPOUT,
)


@pytest.mark.parametrize("diverged", [None, DROPOUT, "everything"])
def test_in_the_picture_nothing_overlaps_and_the_best_is_at_the_top(drawn, diverged):
    options = options_of(seeds=4)
    records = made_up(
        options, better("max-norm"), train_loss=lambda arm, place: 9.0 * (diverged in (arm, "everything"))
    )
    figure = drawn(RIVALS.outcome(options, {}, tuple(records)))
    assert_nothing_is_cut_off_or_overlaps(figure)
    left, right = figure.axes
    assert left.get_yticklabels()[0].get_text() == ("dropout" if diverged == "everything" else "max-norm")
    drawn_methods = [len(axes.containers) for axes in (left, right)]
    assert drawn_methods == {None: [7, 6], DROPOUT: [6, 0], "everything": [0, 0]}[diverged]
    assert [axes.get_title() for axes in figure.axes] == ["method minus plain network", "dropout minus method"]
