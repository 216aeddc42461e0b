"""Statistics of units, effects and activations, against SciPy, scikit-learn and other formulas."""

import numpy as np
import pytest
from scipy import integrate, stats
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from tinygrad_dropout.lab.evidence.coadaptation.statistics import (
    activation_measures,
    area,
    gini,
    mean_correlation,
    near_zero,
    probe_accuracies,
    top_share,
)

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 0.5), (0.5, 1), (0.33, 0.71)])
def test_the_area_is_the_mean_height_of_the_curve(low, high):
    fractions, values = np.linspace(0, 1, 6), [1, 0.9, 0.9, 0.5, 0.2, 0.1]
    expected, _ = integrate.quad(lambda x: np.interp(x, fractions, values), low, high, points=fractions[1:-1])
    assert area(fractions, values, low, high) == pytest.approx(expected / (high - low))


def test_the_gini_coefficient_is_half_the_mean_difference_relative_to_the_mean():
    sizes = RNG.exponential(size=(4, 9))
    for row, found in zip(sizes, gini(sizes), strict=True):
        assert found == pytest.approx(np.abs(row[:, None] - row).mean() / (2 * row.mean()))
    assert gini(np.full(8, 3.0)) == pytest.approx(0)
    assert gini(np.array([0.0, 0, 0, 5])) == pytest.approx(0.75)
    assert gini(np.zeros(4)) == 0


def test_the_top_share_is_of_one_in_a_hundred_rounded_up():
    sizes = np.ones(200)
    assert top_share(sizes) == pytest.approx(2 / 200)
    sizes[5] = 101
    assert top_share(sizes) == pytest.approx(102 / 300)
    assert top_share(np.arange(101.0)) == pytest.approx((100 + 99) / 5050)
    assert top_share(np.zeros(5)) == 0


def test_a_probe_is_linear_discriminant_analysis_on_one_unit():
    labels = RNG.integers(4, size=300)
    activations = np.maximum(0, RNG.normal(size=(300, 6)) + labels[:, None] * np.linspace(0, 2, 6))
    for unit, found in enumerate(probe_accuracies(activations, labels)):
        probe = LinearDiscriminantAnalysis(solver="lsqr").fit(activations[:150, unit, None], labels[:150])
        assert found == pytest.approx(probe.score(activations[150:, unit, None], labels[150:]), abs=1e-12)


def test_a_unit_that_never_changes_predicts_the_most_common_class():
    labels = np.array([0, 1, 1, 1, 0, 0, 1, 2])
    np.testing.assert_array_equal(probe_accuracies(np.zeros((8, 2)), labels), [0.25, 0.25])


def test_correlation_is_pearsons_over_pairs_of_units_that_change():
    activations = np.column_stack([RNG.normal(size=(50, 4)), np.ones(50)])
    expected = [abs(stats.pearsonr(*activations[:, [i, j]].T)[0]) for i in range(4) for j in range(i)]
    assert mean_correlation(activations) == pytest.approx(np.mean(expected))
    assert mean_correlation(activations[:, 3:]) == 0


def test_near_zero_is_below_a_hundredth_of_the_mean():
    activations = np.array([[0, 0.005, 0.015, 3.98]])  # whose mean is 1
    assert near_zero(activations) == 0.5
    assert near_zero(100 * activations) == 0.5


def test_the_activations_of_a_layer_are_measured_in_three_ways():
    activations = np.maximum(0, RNG.normal(size=(60, 5)))
    assert activation_measures(activations) == {
        "activation": pytest.approx(activations.mean()),
        "near_zero": pytest.approx((activations <= activations.mean() / 100).mean()),
        "correlation": pytest.approx(np.abs(np.corrcoef(activations.T))[np.triu_indices(5, 1)].mean()),
    }
