"""The deviations are standard normal if only chance is at work, and large otherwise."""

import numpy as np
import pytest

from tinygrad_dropout.conformance.statistics import (
    SIGMAS,
    correlation_deviation,
    count_deviations,
    dispersion_deviation,
    lag_deviations,
    rate_deviation,
    sigma_threshold,
)

DRAWS = 2000


def deviations_by_chance(kind: str) -> list[float]:
    rng = np.random.default_rng(0)
    if kind == "rate":
        return [rate_deviation(int(rng.binomial(1000, 0.3)), 1000, 0.3) for _ in range(DRAWS)]
    if kind == "count":
        return list(count_deviations(rng.binomial(1000, 0.3, size=DRAWS), 1000, 0.3))
    if kind == "dispersion":
        return [dispersion_deviation(rng.binomial(389, 0.3, size=251), 389, 0.3) for _ in range(DRAWS)]
    if kind == "correlation":
        return [correlation_deviation(rng.random(1000) < 0.3, rng.normal(size=1000)) for _ in range(DRAWS)]
    return list(lag_deviations(rng.random(2**13) < 0.3)[1:DRAWS])


@pytest.mark.parametrize("kind", ["rate", "count", "dispersion", "correlation", "lag"])
def test_by_chance_they_are_standard_normal(kind):
    deviations = np.array(deviations_by_chance(kind))
    assert abs(deviations.mean()) < 6 / np.sqrt(DRAWS)
    assert abs(deviations.std() - 1) < 6 / np.sqrt(2 * DRAWS)
    assert np.abs(deviations).max() < sigma_threshold(DRAWS)


def test_a_rate_that_is_off_by_its_standard_deviation_deviates_by_one():
    assert rate_deviation(310, 1000, 0.3) == pytest.approx(10 / np.sqrt(210))
    assert rate_deviation(290, 1000, 0.3) == pytest.approx(-10 / np.sqrt(210))


def test_equal_counts_are_too_even_and_scattered_counts_too_uneven():
    assert dispersion_deviation(np.full(251, 117), 389, 0.3) < -SIGMAS
    assert dispersion_deviation(np.array([60, 170] * 125), 389, 0.3) > SIGMAS


def test_an_array_correlates_with_itself_and_not_with_a_constant():
    array = np.random.default_rng(0).normal(size=400)
    assert correlation_deviation(array, array) == pytest.approx(20)
    assert correlation_deviation(array, -array) == pytest.approx(-20)
    assert correlation_deviation(array, np.ones(400)) == 0


@pytest.mark.parametrize("expected", [3, 6, 10, 30])
def test_counts_of_rare_hits_have_no_heavier_tails_than_a_normal(expected):
    counts = np.random.default_rng(2).binomial(200, expected / 200, size=300_000)
    deviations = count_deviations(counts, 200, expected / 200)
    for sigmas, share in ((3, 0.00135), (4, 0.0000317)):
        most = 300_000 * share
        assert (deviations > sigmas).sum() < 2 * most + 5 * np.sqrt(most)
        assert (deviations < -sigmas).sum() < 2 * most + 5 * np.sqrt(most)


@pytest.mark.parametrize("p", [0.02, 0.05, 0.95])
def test_the_largest_agreement_stays_below_the_threshold_even_if_one_value_is_rare(p):
    rng = np.random.default_rng(1)
    worst = [np.abs(lag_deviations(rng.random(2**14) < p)[1:]).max() for _ in range(60)]
    assert max(worst) < sigma_threshold(2**13) - 1


def test_all_deviations_are_zero_if_nearly_all_values_are_equal():
    assert not lag_deviations(np.arange(2**14) % 2**10 == 0).any()


def test_a_pattern_shows_at_its_period():
    kept = np.resize(np.random.default_rng(0).random(50) < 0.5, 1024)
    deviations = lag_deviations(kept)
    assert int(np.argmax(deviations[1:120])) + 1 in (50, 100)


def test_the_sigma_threshold_grows_with_the_number_of_questions():
    assert sigma_threshold(1) == SIGMAS
    assert SIGMAS < sigma_threshold(10) < sigma_threshold(100_000) < 8
