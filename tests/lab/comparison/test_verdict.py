"""The verdict on made-up pairs whose answer is known. The interval's coverage is in tests/docs/test_intervals_page."""

import numpy as np
import pytest
from scipy import stats

from tinygrad_dropout.lab.comparison.measures import ACCURACY, BALANCED_ACCURACY, LOG_LOSS, R_SQUARED, RMSE, Measure
from tinygrad_dropout.lab.comparison.verdict import Difference, paired_difference
from tinygrad_dropout.lab.intervals import half_width

MANY = 10**12  # test rows, of which one makes no difference
FIVE_WITHOUT, FIVE_BETTER = [0.80, 0.82, 0.81, 0.79, 0.80], [0.90, 0.91, 0.92, 0.90, 0.88]


def of_accuracies(without, with_dropout, test_rows=1000):
    return paired_difference(without, with_dropout, measure=ACCURACY, test_rows=test_rows)


def of_rows(differences, test_rows):
    """The difference of pairs whose numbers of right answers differ by these."""
    return of_accuracies([0.5] * len(differences), [0.5 + rows / test_rows for rows in differences], test_rows)


@pytest.mark.parametrize(
    ("without", "with_dropout", "verdict"),
    [
        (FIVE_WITHOUT, FIVE_BETTER, "helps"),
        (FIVE_BETTER, FIVE_WITHOUT, "hurts"),
        (FIVE_WITHOUT, [0.81, 0.81, 0.82, 0.78, 0.80], "no effect shown"),
        ([0.8, 0.6, 0.7, 0.9, 0.5], [0.8, 0.6, 0.7, 0.9, 0.5], "no effect shown"),  # ties at 0
        ([0.5, 0.6, 0.7, 0.8, 0.9], [0.51, 0.61, 0.71, 0.81, 0.91], "helps"),  # ties at ten test rows
        ([0.5, 0.6, 0.7, 0.8, 0.9], [0.49, 0.59, 0.69, 0.79, 0.89], "hurts"),
        ([0.80, 0.82], [0.90, 0.92], "too few pairs"),
        ([0.8], [0.9], "too few pairs"),
    ],
)
def test_verdict_follows_the_pairs(without, with_dropout, verdict):
    assert of_accuracies(without, with_dropout).verdict == verdict


@pytest.mark.parametrize("measure", [ACCURACY, BALANCED_ACCURACY, LOG_LOSS, RMSE, R_SQUARED])
def test_the_measure_decides_whether_more_is_better(measure):
    more, less = [0.91, 0.92, 0.93, 0.94, 0.96], [0.81, 0.82, 0.83, 0.84, 0.85]
    grown = paired_difference(less, more, measure=measure, test_rows=1000)
    shrunk = paired_difference(more, less, measure=measure, test_rows=1000)
    better, worse = (grown, shrunk) if measure not in (LOG_LOSS, RMSE) else (shrunk, grown)
    assert (better.verdict, worse.verdict) == ("helps", "hurts")


def test_only_the_spread_of_the_differences_counts_not_that_of_the_pairs():
    without = [0.2, 0.5, 0.8, 0.3, 0.6]
    assert of_accuracies(without, [0.21, 0.511, 0.809, 0.31, 0.61]).verdict == "helps"


@pytest.mark.parametrize("pairs", [3, 5, 10, 40])
@pytest.mark.parametrize("measure", [ACCURACY, RMSE])
def test_if_a_row_is_negligible_the_interval_is_students(pairs, measure):
    rng = np.random.default_rng(pairs)
    without, with_dropout = rng.uniform(0.5, 0.9, (2, pairs))
    values = measure.scale * (with_dropout - without)
    low, high = stats.t.interval(0.95, pairs - 1, loc=values.mean(), scale=stats.sem(values))

    difference = paired_difference(without, with_dropout, measure=measure, test_rows=MANY)

    assert (difference.mean, difference.low, difference.high) == pytest.approx((values.mean(), low, high), rel=1e-7)
    assert difference.pairs == pairs


def test_interval_of_five_pairs_by_hand():
    """0, 1, 2, 3 and 4 rows of 50, so 2 points each: s / sqrt(5) = sqrt(2) points, and t = 2.776."""
    difference = of_rows([0, 1, 2, 3, 4], test_rows=50)
    assert difference.mean == pytest.approx(4)
    assert difference.half_width == pytest.approx(2.776445 * 2**0.5, rel=1e-6)


@pytest.mark.parametrize("rows", [[0, 0, 0, 0, 0], [-7, -7, -7, -7, -7], [0, 0, 0, 0, 1]])
@pytest.mark.parametrize("measure", [ACCURACY, BALANCED_ACCURACY])
def test_the_spread_of_differences_is_taken_to_be_at_least_half_a_row(rows, measure):
    """Of 50 rows that is 1 point; the last of these spread by sqrt(0.2) rows."""
    with_dropout = [0.5 + each / 50 for each in rows]
    difference = paired_difference([0.5] * 5, with_dropout, measure=measure, test_rows=50)
    assert difference.half_width == pytest.approx(2.776445 / 5**0.5, rel=1e-6)


@pytest.mark.parametrize(("measure", "step"), [(ACCURACY, 2.5), (BALANCED_ACCURACY, 2.5), (LOG_LOSS, 0), (RMSE, 0)])
def test_only_measures_that_count_rows_have_a_step_of_one_row(measure, step):
    assert measure.step(test_rows=40) == step


def test_a_count_of_anything_else_has_a_step_of_one_however_many_rows_there_are():
    assert Measure("regions", "regions", "", False, whole=True).step(test_rows=40) == 1


def test_half_width_of_several_means_at_once_is_students():
    values = np.random.default_rng(0).normal(size=(4, 3))
    assert half_width(values) == pytest.approx(stats.t.ppf(0.975, 3) * stats.sem(values), rel=1e-7)


def test_equal_differences_of_a_continuous_measure_have_no_interval():
    difference = paired_difference([3.0] * 10, [3.5] * 10, measure=RMSE, test_rows=45)
    assert (difference.low, difference.high, difference.verdict) == (None, None, "no effect shown")
    assert str(difference) == ("No effect shown: test RMSE +0.50 in each of 10 pairs, so there is no interval.")
    assert difference.caution == ""


def test_too_few_pairs_have_a_mean_but_no_interval():
    difference = of_accuracies([0.5] * 2, [0.6] * 2)
    assert (difference.low, difference.high, difference.half_width) == (None, None, None)
    assert difference.mean == pytest.approx(10)
    assert difference.caution == ""


@pytest.mark.parametrize(
    ("difference", "sentence"),
    [
        (
            Difference(8.12, 7.06, 9.18, 10, 1297, ACCURACY),
            "Dropout helps: +8.1 points of test accuracy (95% interval +7.1 to +9.2, 10 pairs).",
        ),
        (
            Difference(-1, -1.2, -0.8, 5, 1297, BALANCED_ACCURACY),
            "Dropout hurts: -1.0 points of balanced test accuracy (95% interval -1.2 to -0.8, 5 pairs).",
        ),
        (
            Difference(0.2, -0.1, 0.5, 1000, 1297, ACCURACY),
            "No effect shown: +0.2 points of test accuracy (95% interval -0.1 to +0.5, 1,000 pairs).",
        ),
        (
            Difference(0.2, None, None, 2, 1297, ACCURACY),
            "Too few pairs for a verdict: +0.2 points of test accuracy on average over 2 pairs; at least 3 are needed.",
        ),
        (
            Difference(-12.5, None, None, 1, 1297, RMSE),
            "Too few pairs for a verdict: test RMSE -12 on average over 1 pair; at least 3 are needed.",
        ),
        (
            Difference(-0.31, -0.42, -0.20, 10, 133, RMSE),
            "Dropout helps: test RMSE -0.31 (95% interval -0.42 to -0.20, 10 pairs).",
        ),
        (
            Difference(1234.5, 1100, 1369, 10, 133, RMSE),
            "Dropout hurts: test RMSE +1,234 (95% interval +1,100 to +1,369, 10 pairs).",
        ),
        (
            Difference(-1.114e10, -1.362e10, -8.68e9, 10, 133, RMSE),
            "Dropout helps: test RMSE -1.11e+10 (95% interval -1.36e+10 to -8.7e+09, 10 pairs).",
        ),
        (
            Difference(-0.0123, -0.0346, 0.0100, 10, 133, LOG_LOSS),
            "No effect shown: test log-loss -0.012 nats (95% interval -0.035 to +0.010, 10 pairs).",
        ),
        (
            Difference(0.05, 0.02, 0.08, 10, 133, R_SQUARED),
            "Dropout helps: test R² +0.050 (95% interval +0.020 to +0.080, 10 pairs).",
        ),
    ],
)
def test_verdict_is_a_sentence(difference, sentence):
    assert str(difference) == sentence


@pytest.mark.parametrize(
    ("difference", "caution"),
    [
        (
            Difference(0.2, -1.1, 1.5, 10, 45, ACCURACY),
            "One test row of 45 is worth 2.2 points. 10 pairs can show a difference of about 1.3 points or more; "
            "to show half of that takes about 33 pairs.",
        ),
        (
            Difference(0.0, -0.3, 0.3, 10, 1297, ACCURACY),
            "10 pairs can show a difference of about 0.3 points or more; to show half of that takes about 33 pairs.",
        ),
        (
            Difference(0.0, -0.3, 0.3, 2000, 100, ACCURACY),  # a row is 1 point
            "2,000 pairs can show a difference of about 0.3 points or more; "
            "to show half of that takes about 7,993 pairs.",
        ),
        (
            Difference(0.012, -0.02, 0.044, 10, 45, LOG_LOSS),
            "10 pairs can show a difference of about 0.032 nats or more; to show half of that takes about 33 pairs.",
        ),
        (
            Difference(12, -20, 44, 10, 45, RMSE),
            "10 pairs can show a difference of about 32 or more; to show half of that takes about 33 pairs.",
        ),
        (Difference(8.1, 7.1, 9.1, 10, 45, ACCURACY), ""),
        (Difference(-8.1, -9.1, -7.1, 10, 20, ACCURACY), ""),
        (
            Difference(8.1, 7.1, 9.1, 10, 15, ACCURACY),
            "The test set has only 15 rows of 6.7 points each: "
            "the verdict is about the mean over many pairs; a single pair shows nothing.",
        ),
        (
            Difference(-8.1, -9.1, -7.1, 10, 1, RMSE),
            "The test set has only 1 row: the verdict is about the mean over many pairs; a single pair shows nothing.",
        ),
    ],
)
def test_a_caution_says_what_cannot_be_shown(difference, caution):
    assert difference.caution == caution


@pytest.mark.parametrize("pairs", [3, 5, 10, 100])
def test_the_number_of_pairs_needed_to_show_half_as_much_is_the_smallest(pairs):
    found = of_rows([0] * pairs, test_rows=45)
    needed = int(found.caution.split("about ")[-1].split(" pairs")[0])
    reached, one_fewer = (of_rows([0] * number, test_rows=45).half_width for number in (needed, needed - 1))
    assert reached <= found.half_width / 2 < one_fewer


@pytest.mark.parametrize(("low", "high"), [(0, 2), (-2, 0)])
def test_an_interval_that_touches_zero_shows_no_effect(low, high):
    assert Difference((low + high) / 2, low, high, 5, 1000, ACCURACY).verdict == "no effect shown"


@pytest.mark.parametrize(("without", "with_dropout"), [([], []), ([0.5, 0.6], [0.5])])
def test_arms_without_pairs_are_refused(without, with_dropout):
    with pytest.raises(ValueError, match="expected as many values for both arms, at least one, got"):
        of_accuracies(without, with_dropout)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_value_that_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match="expected finite values of test R²"):
        paired_difference([0.5, value], [0.5, 0.6], measure=R_SQUARED, test_rows=45)


def test_zero_test_rows_are_refused():
    with pytest.raises(ValueError, match="expected at least one test row, got 0"):
        of_accuracies([0.5], [0.6], test_rows=0)


@pytest.mark.parametrize(
    ("mean", "half_width", "measure", "words"),
    [
        (0.06, 0.04, ACCURACY, "helps: +0.06 points of test accuracy (95% interval +0.02 to +0.10,"),
        (-0.21, 0.19, ACCURACY, "hurts: -0.21 points of test accuracy (95% interval -0.40 to -0.02,"),
        (0.2001, 0.1999, ACCURACY, "helps: +0.2001 points of test accuracy (95% interval +0.0002 to +0.4000,"),
        (-0.001, 0.3, ACCURACY, "shown: +0.0 points of test accuracy (95% interval -0.3 to +0.3,"),
        (-10.2, 9.8, RMSE, "helps: test RMSE -10.2 (95% interval -20.0 to -0.4,"),
        (-3e-7, 2e-7, RMSE, "helps: test RMSE -3.0e-07 (95% interval -5.0e-07 to -1.0e-07,"),
    ],
)
def test_rounding_never_contradicts_the_verdict(mean, half_width, measure, words):
    assert words in str(Difference(mean, mean - half_width, mean + half_width, 10, 1297, measure))
