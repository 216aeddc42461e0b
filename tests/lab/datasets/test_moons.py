"""Moons: scikit-learn's two half circles, drawn again for every seed."""

import numpy as np
import pytest
from sklearn.datasets import make_moons

from tinygrad_dropout.lab.datasets.moons import TEST_SIZE, Moons, moons, noisy_moons


@pytest.mark.parametrize("size", [2, 7, 100])
def test_moons_without_noise_are_scikit_learns(size):
    points, labels = make_moons(size, shuffle=False, noise=None)
    np.testing.assert_allclose(moons(size), points, atol=1e-12)
    assert (labels == (np.arange(size) >= size // 2)).all()


def test_moons_are_drawn_again_for_every_seed():
    first, again, other = (Moons().split(200, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert first.digest() == again.digest() != other.digest()
    assert first.x_test.shape == (2000, 2)
    assert np.bincount(first.y_train).tolist() == [100, 100]


def test_the_noise_of_moons_has_a_standard_deviation_of_three_tenths():
    noise = noisy_moons(10_000, np.random.default_rng(0))[0] - moons(10_000)
    np.testing.assert_allclose([noise.mean(), noise.std()], [0, 0.3], atol=0.01)  # five standard errors or more


def test_both_parts_are_new_for_a_seed_and_scaled_by_the_training_part():
    split, rng = Moons().split(20, np.random.default_rng(5)), np.random.default_rng(5)
    (train, _), (test, _) = noisy_moons(20, rng), noisy_moons(TEST_SIZE, rng)
    np.testing.assert_allclose(split.x_train, (train - train.mean(axis=0)) / train.std(axis=0), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(split.x_test, (test - train.mean(axis=0)) / train.std(axis=0), rtol=1e-4, atol=1e-6)
