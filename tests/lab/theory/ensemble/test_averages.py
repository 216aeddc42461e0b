"""Both averages of subnetworks agree with their definitions, even if they are added in parts."""

import numpy as np
import pytest

from tinygrad_dropout.lab.theory.ensemble.averages import Averages, averages_of

PREDICTIONS = np.array([[[0.5, 0.5]], [[0.9, 0.1]], [[0.2, 0.8]]])  # three subnetworks, one example, two classes
WEIGHTS = np.array([0.5, 0.3, 0.2])


def test_the_arithmetic_mean_weights_each_prediction():
    averages = averages_of([(np.log(PREDICTIONS), WEIGHTS)])
    first = 0.5 * 0.5 + 0.3 * 0.9 + 0.2 * 0.2
    np.testing.assert_allclose(averages.arithmetic, [[first, 1 - first]], rtol=1e-15)


def test_the_geometric_mean_is_a_product_of_powers_divided_by_its_sum():
    averages = averages_of([(np.log(PREDICTIONS), WEIGHTS)])
    first, second = 0.5**0.5 * 0.9**0.3 * 0.2**0.2, 0.5**0.5 * 0.1**0.3 * 0.8**0.2
    expected = [[first / (first + second), second / (first + second)]]
    np.testing.assert_allclose(averages.geometric, expected, rtol=1e-14)


def test_parts_add_up_to_the_whole():
    whole = averages_of([(np.log(PREDICTIONS), WEIGHTS)])
    parts = averages_of((np.log(PREDICTIONS[part]), WEIGHTS[part]) for part in (slice(0, 1), slice(1, 3)))
    assert parts.weight == pytest.approx(1)
    np.testing.assert_allclose(parts.arithmetic, whole.arithmetic, rtol=1e-15)
    np.testing.assert_allclose(parts.geometric, whole.geometric, rtol=1e-14)


def test_weights_are_normalized():
    once, thrice = (averages_of([(np.log(PREDICTIONS), times * WEIGHTS)]) for times in (1, 3))
    np.testing.assert_allclose(once.arithmetic, thrice.arithmetic, rtol=1e-14)
    np.testing.assert_allclose(once.geometric, thrice.geometric, rtol=1e-14)


def test_probabilities_too_small_for_a_float_can_be_averaged():
    averages = Averages()
    averages.add(np.array([[[-2000.0, -2001.0]], [[-2000.0, -2001.0]]]), np.array([0.5, 0.5]))
    np.testing.assert_allclose(averages.geometric, [[1 / (1 + np.exp(-1)), 1 / (1 + np.e)]], rtol=1e-12)
