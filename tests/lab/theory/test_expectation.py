"""What the next layer sees: the factor without scaling, the same mean with it, and the measurements."""

import dataclasses

import numpy as np
import pytest

from tests.lab.theory.small import small_outcome
from tinygrad_dropout.lab import OptionError
from tinygrad_dropout.lab.intervals import half_width
from tinygrad_dropout.lab.theory import expectation
from tinygrad_dropout.lab.theory.expectation import Options, measure

SMALL = Options(p=0.2, units=50, samples=400)
RATES = [0.2, 0.5, 0.8]


def wide_interval_of(ratio):
    """Three times as wide as the 95% interval: one false alarm in about 10^8."""
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


def test_intervals_use_students_t():
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


def test_after_a_relu_the_means_are_no_longer_the_same():
    """E[relu(s)] >= relu(E[s]), Jensen's inequality: only means that are linear in the mask are the same."""
    relu = measure(Options(units=50, samples=2000))["schemes"]["inverted"]["after_relu"]
    assert relu["train"] > 1.1 * relu["test"]


def test_the_means_after_a_relu_are_those_of_the_neurons_if_nothing_is_dropped():
    found = measure(Options(p=0, units=5, samples=3))["schemes"]["inverted"]
    positive = np.maximum(found["neurons"]["test"], 0).mean()
    assert found["after_relu"]["train"] == pytest.approx(positive, rel=1e-12)
    assert found["after_relu"]["test"] == pytest.approx(positive, rel=1e-12)


def test_if_nothing_is_dropped_nothing_differs():
    for found in measure(Options(p=0, units=5, samples=3))["schemes"].values():
        assert found["ratio"]["mean"] == pytest.approx(1, rel=1e-15)
        assert found["spread"] < 1e-15


def test_a_histogram_counts_every_mask(monkeypatch):
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


def test_an_interval_that_contains_zero_is_refused_even_if_its_mean_is_above():
    """One unit, few draws: some are kept, but dividing by the interval's lower end makes no sense."""
    with pytest.raises(OptionError, match="is not clearly above 0"):
        measure(Options(p=0.5, units=1, samples=3))


def test_the_expectation_table_has_both_phases_of_every_scheme(figures):
    text, schemes = str(small_outcome("expectation")), figures("expectation")["schemes"]
    assert text.startswith("30 activations through dropout with p = 0.5; 200 masks, the same for all schemes; seed 0\n")
    for scheme, found in schemes.items():
        (row,) = (line for line in text.splitlines() if line.strip().startswith(scheme + " "))
        assert expectation.within(found["train"], 4) in row
        assert f"  {found['test']:.4f}  " in row
        assert expectation.within(found["ratio"], 4) in row


def test_the_expectation_verdict_gives_the_factor(figures):
    found = figures("expectation")
    for scheme, ratio in (("no scaling", 2), ("original", 1), ("inverted", 1)):
        found["schemes"][scheme]["ratio"] = {"mean": 1.001 * ratio, "low": 0.999 * ratio, "high": 1.003 * ratio}
    assert expectation.notes(found)[0] == (
        "Without scaling, the next layer sees 2.002 (1.998 to 2.006) times as much at test time as in training; "
        "1/(1-p) is 2.000. With either kind of scaling, it sees the same in both phases."
    )


def test_the_verdict_says_if_the_factor_is_outside_its_interval(figures):
    found = figures("expectation")
    off = {"mean": 1.1, "low": 1.05, "high": 1.15}
    found["schemes"]["no scaling"]["ratio"] = {key: 2 * value for key, value in off.items()}
    found["schemes"]["inverted"]["ratio"] = off
    verdict = expectation.notes(found)[0]
    assert "1/(1-p) is 2.000 (outside this interval, as in one of twenty runs)" in verdict
    assert "With either kind of scaling, the ratio is near 1: 1.1000 (1.0500 to 1.1500)." in verdict


def test_a_note_gives_the_means_after_the_relus(figures):
    found = figures("expectation")
    found["schemes"]["inverted"]["after_relu"] = {"train": 0.25, "test": 0.125}
    assert expectation.notes(found)[2].endswith("with inverted dropout 0.2500 in training and 0.1250 at test time.")


def test_an_interval_without_width_contains_its_value_up_to_rounding():
    point = {"mean": 1 + 1e-15, "low": 1 + 1e-15, "high": 1 + 1e-15}
    assert expectation.contains(point, 1.0)
    assert not expectation.contains(point, 1.001)
    assert not expectation.contains(point, 0.999)


def test_the_expectation_picture_shows_test_and_training_of_every_scheme(drawn):
    outcome = small_outcome("expectation")
    axes = drawn(outcome).axes
    for above, below, (scheme, found) in zip(axes[:3], axes[3:], outcome.figures["schemes"].items(), strict=True):
        lines = {line.get_label(): line.get_xdata() for line in above.get_lines() if len(line.get_xdata())}
        assert lines["training, mean"] == [found["train"]["mean"]] * 2
        assert lines["test time"] == [found["test"]] * 2
        assert above.get_title() == f"{scheme}: test / training = {found['ratio']['mean']:.3f}"
        (neurons,) = below.containers
        np.testing.assert_array_equal(neurons.lines[0].get_xdata(), found["neurons"]["train"])
        np.testing.assert_array_equal(neurons.lines[0].get_ydata(), found["neurons"]["test"])
        ends = np.array([segment[:, 0] for segment in neurons.lines[2][0].get_segments()])
        np.testing.assert_allclose((ends[:, 1] - ends[:, 0]) / 2, found["neurons"]["reach"], rtol=1e-9)
    assert len({axis.get_xlim() for axis in axes[:3]}) == len({axis.get_xlim() for axis in axes[3:]}) == 1


def test_at_p_0_the_verdict_says_that_scaling_changes_nothing():
    assert expectation.notes(measure(Options(p=0, units=5, samples=3)))[0] == (
        "Nothing is dropped at p = 0, so scaling changes nothing."
    )
