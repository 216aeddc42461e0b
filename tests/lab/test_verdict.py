"""The verdict on made-up pairs whose answer is known."""

import numpy as np
import pytest
from scipy import stats

from tinygrad_dropout.lab import Difference, paired_difference


@pytest.mark.parametrize(
    ("without", "with_dropout", "verdict"),
    [
        ([0.80, 0.82, 0.81, 0.79], [0.90, 0.91, 0.92, 0.90], "helps"),
        ([0.90, 0.91, 0.92, 0.90], [0.80, 0.82, 0.81, 0.79], "hurts"),
        ([0.80, 0.82, 0.81, 0.79], [0.81, 0.81, 0.82, 0.78], "no effect shown"),
        ([0.80, 0.60], [0.90, 0.61], "no effect shown"),  # +10 and +1 point: two pairs are too few for that spread
        ([0.80, 0.60], [0.90, 0.701], "helps"),  # +10 and +10.1 points
        ([0.80, 0.60, 0.70], [0.80, 0.60, 0.70], "no effect shown"),  # ties at 0
        ([0.50, 0.60, 0.70], [0.51, 0.61, 0.71], "helps"),  # ties at +1
        ([0.51, 0.61, 0.71], [0.50, 0.60, 0.70], "hurts"),  # ties at -1
    ],
)
def test_verdict_follows_the_pairs(without, with_dropout, verdict):
    assert paired_difference(without, with_dropout).verdict == verdict


def test_the_spread_between_pairs_does_not_count_only_the_spread_of_their_differences():
    without = [0.2, 0.5, 0.8]
    assert paired_difference(without, [0.21, 0.511, 0.809]).verdict == "helps"


@pytest.mark.parametrize("pairs", [2, 3, 10, 40])
def test_interval_is_students_paired_t_interval(pairs):
    rng = np.random.default_rng(pairs)
    without, with_dropout = rng.uniform(0.5, 0.9, (2, pairs))
    points = 100 * (with_dropout - without)
    low, high = stats.t.interval(0.95, pairs - 1, loc=points.mean(), scale=stats.sem(points))

    difference = paired_difference(without, with_dropout)

    assert (difference.mean, difference.low, difference.high) == pytest.approx((points.mean(), low, high), rel=1e-7)
    assert difference.pairs == pairs


def test_interval_of_two_pairs_by_hand():
    """Differences of 1 and 3 points: s / sqrt(2) = 1, and Student's t for one degree of freedom is tan(0.475 pi)."""
    difference = paired_difference([0.5, 0.5], [0.51, 0.53])
    assert difference.mean == pytest.approx(2)
    assert difference.high - difference.mean == pytest.approx(np.tan(0.475 * np.pi))


@pytest.mark.parametrize("points", [0, 1, 10, -7])
def test_equal_differences_give_an_interval_without_width(points):
    without = [0.1, 0.2, 0.3, 0.4]
    difference = paired_difference(without, [accuracy + points / 100 for accuracy in without])
    assert difference.low == difference.mean == difference.high == points


@pytest.mark.parametrize(
    ("difference", "sentence"),
    [
        (
            Difference(8.12, 7.06, 9.14, 10),
            "Dropout helps: +8.1 points of test accuracy (95 % interval +7.1 to +9.1, 10 pairs).",
        ),
        (
            Difference(-1, -1.2, -0.8, 5),
            "Dropout hurts: -1.0 points of test accuracy (95 % interval -1.2 to -0.8, 5 pairs).",
        ),
        (
            Difference(0.2, -0.1, 0.5, 3),
            "No effect that 3 pairs can show: +0.2 points of test accuracy (95 % interval -0.1 to +0.5).",
        ),
    ],
)
def test_verdict_is_a_sentence(difference, sentence):
    assert str(difference) == sentence


@pytest.mark.parametrize(
    ("difference", "verdict"),
    [(Difference(1, 0, 2, 3), "no effect shown"), (Difference(-1, -2, 0, 3), "no effect shown")],
)
def test_an_interval_that_touches_zero_shows_no_effect(difference, verdict):
    assert difference.verdict == verdict


@pytest.mark.parametrize(("without", "with_dropout"), [([], []), ([0.5], [0.6]), ([0.5, 0.6], [0.5])])
def test_fewer_than_two_pairs_are_refused(without, with_dropout):
    with pytest.raises(ValueError, match="expected at least two pairs"):
        paired_difference(without, with_dropout)


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        (Difference(0.06, 0.02, 0.10, 10), "helps: +0.06 points of test accuracy (95 % interval +0.02 to +0.10,"),
        (Difference(-0.21, -0.4, -0.02, 10), "hurts: -0.21 points of test accuracy (95 % interval -0.40 to -0.02,"),
        (Difference(-0.001, -0.3, 0.3, 10), "show: +0.0 points of test accuracy (95 % interval -0.3 to +0.3)"),
    ],
)
def test_rounding_never_contradicts_the_verdict(difference, words):
    assert words in str(difference)
