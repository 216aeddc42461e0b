"""docs/intervals.md shows the saved measurements, and in them the interval has the coverage that the page claims."""

import warnings

import make_intervals
import numpy as np
import pytest
from blocks import rendered
from interval_pools import PAIRS_IN_A_POOL, POOLS, differences
from make_intervals import FAMILIES, PAIRS, SHOWN, family_coverage, in_units, pools_and_measures, skewed

from tinygrad_dropout.lab.comparison.measures import ACCURACY, LOG_LOSS, RMSE
from tinygrad_dropout.lab.comparison.verdict import MIN_PAIRS, paired_difference

SAVED = make_intervals.load()
LOWEST_COVERAGE = 0.92
EACH = list(pools_and_measures(SAVED))


def test_the_tables_match_the_saved_figures():
    text = make_intervals.PAGE.read_text(encoding="utf-8")
    assert rendered(text, make_intervals.blocks()) == text


def test_the_saved_pools_are_complete():
    assert list(SAVED) == list(POOLS)
    for name, measure in EACH:
        assert len(SAVED[name]["differences"][measure.name]) == PAIRS_IN_A_POOL


@pytest.fixture(scope="module")
def remeasured():
    """The figures of every pool and measure, measured again."""
    return {
        (name, measure): make_intervals.measured(
            in_units(SAVED[name], measure), measure.step(SAVED[name]["test_rows"]), SHOWN
        )
        for name, measure in EACH
    }


def test_measuring_again_gives_the_saved_figures(remeasured):
    for (name, measure), figures in remeasured.items():
        for method, found in figures.items():
            saved = SAVED[name]["figures"][measure.name][method]
            for key, tolerance in {"coverage": {"abs": 0.002}, "half_width": {"rel": 0.01}}.items():
                expected = [saved[key][PAIRS.index(n)] for n in SHOWN]
                assert found[key] == pytest.approx(expected, **tolerance), (name, measure.name, method)


@pytest.mark.parametrize(("measure", "lowest"), [(ACCURACY, 0.95), (LOG_LOSS, 0.9), (RMSE, 0.9)])
def test_all_intervals_of_a_family_contain_the_true_values_in_about_95_percent_of_cases(measure, lowest):
    for looks in FAMILIES:
        for n in (MIN_PAIRS, *SHOWN):
            assert lowest < family_coverage(SAVED, measure, looks, n) < 0.995


@pytest.mark.parametrize(("measure", "looks", "n"), [(ACCURACY, 7, 5), (LOG_LOSS, 13, 10)])
def test_random_families_contain_the_true_values_as_often_as_the_table_says(measure, looks, n):
    """Each interval is the verdict's, for pairs from a random pool. Three standard errors are 1.5%."""
    rng, covered, families = np.random.default_rng(1), 0, 2000
    pools = [
        (in_units(SAVED[name], measure), SAVED[name]["test_rows"])
        for name, each in EACH
        if each is measure and not skewed(SAVED[name], measure)
    ]
    for _ in range(families):
        contains = []
        for pool in rng.integers(len(pools), size=looks):
            values, rows = pools[pool]
            drawn = values[rng.integers(len(values), size=n)] / measure.scale
            difference = paired_difference([0] * n, drawn, measure=measure, test_rows=rows, looks=looks)
            contains.append(difference.low - 1e-9 <= values.mean() <= difference.high + 1e-9)
        covered += all(contains)
    assert covered / families == pytest.approx(family_coverage(SAVED, measure, looks, n), abs=0.015)


def test_the_coverage_is_high_enough_unless_the_pool_is_skewed():
    lowest = {
        (name, measure.name): min(SAVED[name]["figures"][measure.name]["ours"]["coverage"][PAIRS.index(MIN_PAIRS) :])
        for name, measure in EACH
        if not skewed(SAVED[name], measure)
    }
    assert len(lowest) == 53
    assert {each: coverage for each, coverage in lowest.items() if coverage < LOWEST_COVERAGE} == {}


@pytest.mark.parametrize("name", ["digits", "digits, noisy labels", "two moons, 1,300 test rows", "a class of 3%"])
def test_on_a_large_test_set_the_interval_is_as_narrow_as_students(name):
    figures = SAVED[name]["figures"]["accuracy"]
    for n in SHOWN:
        ours, students = (figures[method]["half_width"][PAIRS.index(n)] for method in ("ours", "student"))
        assert ours == pytest.approx(students, rel=0.01)


@pytest.mark.parametrize("name", ["iris, hardly any dropout", "noisy classes, 45 test rows"])
def test_the_measured_interval_is_that_of_the_verdict(name):
    rows, points = SAVED[name]["test_rows"], in_units(SAVED[name], ACCURACY)[:5]
    ours = make_intervals.METHODS["ours"](points.std(ddof=1), 5, ACCURACY.step(rows))
    difference = paired_difference([0] * 5, points / 100, measure=ACCURACY, test_rows=rows)
    assert difference.half_width == pytest.approx(float(ours))


def test_training_pairs_again_gives_the_saved_differences():
    """The last digits may differ with the processor and the libraries."""
    name = "Friedman 1, 45 test rows"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", make_intervals.ConvergenceWarning)
        retrained = differences(name, pairs=3)
    assert retrained["test_rows"] == SAVED[name]["test_rows"]
    saved = SAVED[name]["differences"][RMSE.name][:3]
    assert retrained["differences"][RMSE.name] == pytest.approx(saved, abs=0.02)
