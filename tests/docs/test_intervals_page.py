"""docs/intervals.md shows what the kept pools give, and on them the interval covers what it says."""

import warnings

import make_intervals
import numpy as np
import pytest
from blocks import rendered
from interval_pools import PAIRS_IN_A_POOL, POOLS, differences
from make_intervals import FAMILIES, PAIRS, SHOWN, every, in_units, skewed, together

from tinygrad_dropout.lab.comparison.measures import ACCURACY, LOG_LOSS, RMSE
from tinygrad_dropout.lab.comparison.verdict import FEWEST_PAIRS, paired_difference

KEPT = make_intervals.load()
ASKED_FOR = 0.92
EACH = list(every(KEPT))


def test_the_tables_are_those_of_the_kept_figures():
    text = make_intervals.PAGE.read_text(encoding="utf-8")
    assert rendered(text, make_intervals.blocks()) == text


def test_the_kept_pools_are_whole():
    assert list(KEPT) == list(POOLS)
    for name, measure in EACH:
        assert len(KEPT[name]["differences"][measure.name]) == PAIRS_IN_A_POOL


@pytest.fixture(scope="module")
def again():
    """The figures of every pool and measure, measured again."""
    return {
        (name, measure): make_intervals.measured(
            in_units(KEPT[name], measure), measure.step(KEPT[name]["test_rows"]), SHOWN
        )
        for name, measure in EACH
    }


def test_measured_again_the_figures_are_the_same(again):
    for (name, measure), figures in again.items():
        for method, found in figures.items():
            kept = KEPT[name]["figures"][measure.name][method]
            for what, tolerance in {"coverage": {"abs": 0.002}, "half_width": {"rel": 0.01}}.items():
                wanted = [kept[what][PAIRS.index(n)] for n in SHOWN]
                assert found[what] == pytest.approx(wanted, **tolerance), (name, measure.name, method)


@pytest.mark.parametrize(("measure", "lowest"), [(ACCURACY, 0.95), (LOG_LOSS, 0.9), (RMSE, 0.9)])
def test_families_of_intervals_hold_together_in_about_95_percent_of_cases(measure, lowest):
    for looks in FAMILIES:
        for n in (FEWEST_PAIRS, *SHOWN):
            assert lowest < together(KEPT, measure, looks, n) < 0.995


@pytest.mark.parametrize(("measure", "looks", "n"), [(ACCURACY, 7, 5), (LOG_LOSS, 13, 10)])
def test_families_that_are_drawn_hold_together_as_often_as_the_table_says(measure, looks, n):
    """With the interval of the verdict, of which each has a pool at random; three standard errors are 1.5 %."""
    rng, held, families = np.random.default_rng(1), 0, 2000
    pools = [
        (in_units(KEPT[name], measure), KEPT[name]["test_rows"])
        for name, one in EACH
        if one is measure and not skewed(KEPT[name], measure)
    ]
    for _ in range(families):
        holds = []
        for pool in rng.integers(len(pools), size=looks):
            values, rows = pools[pool]
            drawn = values[rng.integers(len(values), size=n)] / measure.scale
            found = paired_difference([0] * n, drawn, measure=measure, test_rows=rows, looks=looks)
            holds.append(found.low - 1e-9 <= values.mean() <= found.high + 1e-9)
        held += all(holds)
    assert held / families == pytest.approx(together(KEPT, measure, looks, n), abs=0.015)


def test_the_interval_covers_what_was_asked_for_unless_rare_differences_decide():
    lowest = {
        (name, measure.name): min(KEPT[name]["figures"][measure.name]["ours"]["coverage"][PAIRS.index(FEWEST_PAIRS) :])
        for name, measure in EACH
        if not skewed(KEPT[name], measure)
    }
    assert len(lowest) == 53
    assert {each: coverage for each, coverage in lowest.items() if coverage < ASKED_FOR} == {}


@pytest.mark.parametrize("name", ["digits", "digits, noisy labels", "two moons, 1,300 test rows", "a class of 3 %"])
def test_on_a_large_test_set_it_is_as_narrow_as_students(name):
    figures = KEPT[name]["figures"]["accuracy"]
    for n in SHOWN:
        ours, students = (figures[method]["half_width"][PAIRS.index(n)] for method in ("ours", "student"))
        assert ours == pytest.approx(students, rel=0.01)


@pytest.mark.parametrize("name", ["iris, hardly any dropout", "noisy classes, 45 test rows"])
def test_what_is_measured_is_the_interval_of_the_verdict(name):
    rows, points = KEPT[name]["test_rows"], in_units(KEPT[name], ACCURACY)[:5]
    ours = make_intervals.METHODS["ours"](points.std(ddof=1), 5, ACCURACY.step(rows))
    difference = paired_difference([0] * 5, points / 100, measure=ACCURACY, test_rows=rows)
    assert difference.half_width == pytest.approx(float(ours))


def test_pairs_made_again_are_the_kept_ones():
    """But for the last digits, in which other processors and libraries differ."""
    name = "Friedman 1, 45 test rows"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", make_intervals.ConvergenceWarning)
        again = differences(name, pairs=3)
    assert again["test_rows"] == KEPT[name]["test_rows"]
    kept = KEPT[name]["differences"][RMSE.name][:3]
    assert again["differences"][RMSE.name] == pytest.approx(kept, abs=0.02)
