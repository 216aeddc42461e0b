"""Loading by name: the data that a configuration asks for, with the number of training examples checked."""

import numpy as np
import pytest

from tinygrad_dropout.lab import Config, OptionError
from tinygrad_dropout.lab.datasets import load


def test_digits_are_all_of_scikit_learns_scaled_to_one():
    digits = load(Config())
    split = digits.split(digits.default_train_size, np.random.default_rng(0))
    assert split.x_train.shape == (500, 64)
    assert split.x_test.shape == (1297, 64)
    assert (split.x_train.min(), split.x_train.max()) == (0, 1)
    assert np.bincount(split.y_train).tolist() == pytest.approx([50] * 10, abs=2)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"dataset": "digits", "train_size": 1790}, "between 10 .* and 1,787"),
        ({"dataset": "moons", "train_size": 1}, "at least 2"),
    ],
)
def test_a_training_size_that_does_not_fit_is_refused_on_loading(options, words):
    with pytest.raises(OptionError, match=words):
        load(Config(**options))
