"""What the next layer sees: the factor without scaling, the line-up with it, and what is measured on the way."""

import dataclasses

import numpy as np
import pytest

from tinygrad_dropout.lab import OptionError
from tinygrad_dropout.lab.theory import expectation
from tinygrad_dropout.lab.theory.expectation import Options, measure
from tinygrad_dropout.lab.verdict import half_width

SMALL = Options(p=0.2, units=50, samples=400)
RATES = [0.2, 0.5, 0.8]


def wide_interval_of(ratio):
    """Three times as wide as the 95 % interval: one false alarm in some 10^8."""
    return ratio["mean"] - 3 * (ratio["mean"] - ratio["low"]), ratio["mean"] + 3 * (ratio["high"] - ratio["mean"])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("p", RATES)
def test_without_scaling_test_inputs_are_larger_by_one_over_one_minus_p(p, seed):
    figures = measure(Options(p=p, units=100, samples=2000, seed=seed))
    low, high = wide_interval_of(figures["schemes"]["no scaling"]["ratio"])
    assert figures["factor"] == 1 / (1 - p)
    assert low < 1 / (1 - p) < high
    assert high - low < 0.2 / (1 - p) ** 2


@pytest.mark.parametrize("scheme", ["original", "inverted"])
@pytest.mark.parametrize("p", RATES)
def test_with_either_scaling_both_phases_see_the_same(p, scheme):
    figures = measure(Options(p=p, units=100, samples=2000))
    low, high = wide_interval_of(figures["schemes"][scheme]["ratio"])
    assert low < 1 < high


def test_the_original_scheme_is_the_inverted_one_times_one_minus_p_in_both_phases():
    schemes = measure(SMALL)["schemes"]
    for key in ("test", "spread"):
        assert schemes["original"][key] == pytest.approx(0.8 * schemes["inverted"][key], rel=1e-12)
    assert schemes["original"]["train"]["mean"] == pytest.approx(0.8 * schemes["inverted"]["train"]["mean"], rel=1e-12)


def test_all_schemes_are_measured_with_the_same_masks():
    schemes = measure(SMALL)["schemes"]
    assert schemes["no scaling"]["train"] == schemes["original"]["train"]
    ratios = [schemes[scheme]["ratio"]["mean"] for scheme in ("original", "inverted")]
    assert ratios[0] == pytest.approx(ratios[1], rel=1e-12)


def test_intervals_are_those_of_students_t():
    values = np.array([1.0, 2.0, 4.0])
    assert half_width(values) == pytest.approx(4.302652729 * np.std(values, ddof=1) / np.sqrt(3), rel=1e-8)
    np.testing.assert_allclose(
        half_width(np.stack([values, 2 * values], axis=1)), [half_width(values) * k for k in (1, 2)]
    )


def test_the_interval_of_the_mean_covers_it_about_as_often_as_it_says():
    covered = 0
    for seed in range(200):
        found = measure(Options(units=20, samples=50, seed=seed))["schemes"]["inverted"]
        covered += found["train"]["low"] <= found["test"] <= found["train"]["high"]
    assert 180 <= covered <= 199  # 190 are expected, give or take 3


def test_every_neuron_of_the_next_layer_sees_the_factor():
    schemes = measure(Options(p=0.5, units=50, samples=4000))["schemes"]
    for scheme, factor in (("no scaling", 2), ("original", 1), ("inverted", 1)):
        neurons = {key: np.array(values) for key, values in schemes[scheme]["neurons"].items()}
        assert np.all(np.abs(neurons["train"] - neurons["test"] / factor) <= 3 * neurons["reach"])
        assert neurons["train"].shape == (expectation.NEURONS,)
        assert np.all(neurons["reach"] < 0.05)


def test_behind_a_relu_the_means_no_longer_line_up():
    """E[relu(s)] >= relu(E[s]), Jensen's inequality: the line-up is of what is linear in the mask."""
    relu = measure(Options(units=50, samples=2000))["schemes"]["inverted"]["after_relu"]
    assert relu["train"] > 1.1 * relu["test"]


def test_the_means_behind_a_relu_are_those_of_the_neurons_if_nothing_is_dropped():
    found = measure(Options(p=0, units=5, samples=3))["schemes"]["inverted"]
    positive = np.maximum(found["neurons"]["test"], 0).mean()
    assert found["after_relu"]["train"] == pytest.approx(positive, rel=1e-12)
    assert found["after_relu"]["test"] == pytest.approx(positive, rel=1e-12)


def test_if_nothing_is_dropped_nothing_differs():
    for found in measure(Options(p=0, units=5, samples=3))["schemes"].values():
        assert found["ratio"]["mean"] == pytest.approx(1, rel=1e-15)
        assert found["spread"] < 1e-15


def test_a_histogram_holds_every_mask(monkeypatch):
    monkeypatch.setattr(expectation, "DRAWS_AT_ONCE", 7 * SMALL.units)
    assert list(expectation.sample_counts(dataclasses.replace(SMALL, samples=15))) == [7, 7, 1]
    for found in measure(SMALL)["schemes"].values():
        assert sum(found["histogram"]["counts"]) == SMALL.samples
        assert len(found["histogram"]["edges"]) == expectation.BINS + 1


def test_the_spread_is_that_of_independent_bernoulli_masks():
    """The variance of the mean of m_i h_i / (1 - p) is the sum of h_i² p / (1 - p) / units²."""
    found = measure(Options(p=0.3, units=50, samples=20_000))["schemes"]["inverted"]
    rng = np.random.default_rng(np.random.SeedSequence(0).spawn(3)[0])
    activations = np.abs(rng.normal(size=50))
    assert found["test"] == pytest.approx(activations.mean(), rel=1e-12)
    assert found["spread"] == pytest.approx(np.sqrt((activations**2).sum() * 0.3 / 0.7) / 50, rel=0.03)


def test_the_same_seed_gives_the_same_bits_and_another_seed_others():
    assert measure(SMALL) == measure(SMALL)
    assert measure(SMALL) != measure(dataclasses.replace(SMALL, seed=1))


def test_too_few_samples_to_divide_by_are_refused():
    with pytest.raises(OptionError, match=r"samples: expected more, got 2: with p = 0\.99 and units = 1"):
        measure(Options(p=0.99, units=1, samples=2))


def test_an_interval_that_holds_zero_is_refused_though_its_mean_is_above():
    """One unit, few draws: some are kept, but the interval's lower end divides into nothing sensible."""
    with pytest.raises(OptionError, match="cannot be told from 0"):
        measure(Options(p=0.5, units=1, samples=3))
