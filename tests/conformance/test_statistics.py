"""The deviations are standard normal where chance alone is at work, and large where it is not."""

import numpy as np
import pytest

from tinygrad_dropout.conformance.statistics import (
    SIGMAS,
    band,
    correlation_deviation,
    dispersion_deviation,
    lag_deviations,
    rate_deviation,
)

DRAWS = 2000


def deviations_by_chance(kind: str) -> list[float]:
    rng = np.random.default_rng(0)
    if kind == "rate":
        return [rate_deviation(int(rng.binomial(1000, 0.3)), 1000, 0.3) for _ in range(DRAWS)]
    if kind == "dispersion":
        return [dispersion_deviation(rng.binomial(389, 0.3, size=251), 389, 0.3) for _ in range(DRAWS)]
    if kind == "correlation":
        return [correlation_deviation(rng.random(1000) < 0.3, rng.normal(size=1000)) for _ in range(DRAWS)]
    return list(lag_deviations(rng.random(2**13) < 0.3)[1:DRAWS])


@pytest.mark.parametrize("kind", ["rate", "dispersion", "correlation", "lag"])
def test_by_chance_they_are_standard_normal(kind):
    deviations = np.array(deviations_by_chance(kind))
    assert abs(deviations.mean()) < 6 / np.sqrt(DRAWS)
    assert abs(deviations.std() - 1) < 6 / np.sqrt(2 * DRAWS)
    assert np.abs(deviations).max() < band(DRAWS)


def test_a_rate_that_is_off_by_its_standard_deviation_deviates_by_one():
    assert rate_deviation(310, 1000, 0.3) == pytest.approx(10 / np.sqrt(210))
    assert rate_deviation(290, 1000, 0.3) == pytest.approx(-10 / np.sqrt(210))


def test_counts_that_are_all_equal_are_too_even_and_wild_ones_too_uneven():
    assert dispersion_deviation(np.full(251, 117), 389, 0.3) < -SIGMAS
    assert dispersion_deviation(np.array([60, 170] * 125), 389, 0.3) > SIGMAS


def test_an_array_and_itself_are_correlated_and_a_constant_one_with_nothing():
    array = np.random.default_rng(0).normal(size=400)
    assert correlation_deviation(array, array) == pytest.approx(20)
    assert correlation_deviation(array, -array) == pytest.approx(-20)
    assert correlation_deviation(array, np.ones(400)) == 0


def test_a_pattern_shows_at_its_own_distance():
    kept = np.resize(np.random.default_rng(0).random(50) < 0.5, 1024)
    deviations = lag_deviations(kept)
    assert int(np.argmax(deviations[1:120])) + 1 in (50, 100)


def test_the_band_for_many_questions_is_wider():
    assert band(1) == SIGMAS
    assert SIGMAS < band(10) < band(100_000) < 8
