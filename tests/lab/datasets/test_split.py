"""Splits: drawn in the classes' proportions, scaled by the training part only."""

import numpy as np
import pytest

from tinygrad_dropout.lab import OptionError
from tinygrad_dropout.lab.datasets.split import Table, randomize_labels, standardized


def table(rows=40, classes=4, **options):
    """Numbered rows, whose classes alternate."""
    x = np.arange(rows, dtype=float)[:, None]
    return Table(x, np.arange(rows) % classes, classes, rows // 2, **options)


def test_every_example_is_in_exactly_one_part():
    split = table(scale=1.0).split(12, np.random.default_rng(0))
    assert len(split.y_train) == 12
    assert sorted([*split.x_train[:, 0], *split.x_test[:, 0]]) == list(range(40))
    assert all(split.y_train == split.x_train[:, 0] % 4)
    assert all(split.y_test == split.x_test[:, 0] % 4)


def test_a_separate_test_set_is_always_the_whole_test_part():
    own = table(x_test=np.array([[7.0], [9.0]]), y_test=np.array([3, 1]), scale=2.0)
    split = own.split(40, np.random.default_rng(0))
    assert split.x_test.tolist() == [[3.5], [4.5]]
    assert split.y_test.tolist() == [3, 1]


def test_the_seed_decides_the_split():
    digests = [table().split(12, np.random.default_rng(seed)).digest() for seed in (0, 0, 1)]
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize("counts", [(2, 2), (2, 50), (50, 2, 3), (2,) * 9])
def test_no_class_is_missing_on_either_side(counts):
    y = np.repeat(np.arange(len(counts)), counts)
    rows = Table(np.zeros((len(y), 1)), y, len(counts), 1)
    for size in range(len(counts), len(y) - len(counts) + 1):
        rows.check_train_size(size)
        split = rows.split(size, np.random.default_rng(size))
        assert set(split.y_train) == set(split.y_test) == set(y)


@pytest.mark.parametrize(
    ("dataset", "train_size", "words"),
    [
        (table(), 37, r"between 4 \(one example of each class\) and 36 \(to leave one of each for testing\), got 37"),
        (table(), 3, "got 3"),
        (table(x_test=np.zeros((1, 1)), y_test=np.zeros(1, int)), 41, r"and 40, got 41"),
    ],
)
def test_an_impossible_training_size_is_refused(dataset, train_size, words):
    with pytest.raises(OptionError, match=words):
        dataset.check_train_size(train_size)


def test_standardizing_uses_only_the_training_part():
    x_train, x_test = standardized(np.array([[1.0], [3.0]]), np.array([[5.0]]))
    assert x_train.tolist() == [[-1], [1]]
    assert x_test.tolist() == [[3]]
    assert x_train.dtype == x_test.dtype == np.float32


@pytest.mark.parametrize("constant", [0, 0.1, 1e9])
def test_a_constant_column_is_left_at_zero(constant):
    x_train, x_test = standardized(np.full((7, 1), constant), np.array([[constant], [constant + 5]]))
    assert not x_train.any()
    assert not x_test.any()


@pytest.mark.parametrize(("fraction", "replaced"), [(0, 0), (0.2, 200), (0.2004, 200), (1, 1000)])
def test_the_requested_fraction_of_labels_is_made_random(fraction, replaced):
    y = np.full(1000, 10)  # a label that is never drawn, so that every replacement shows
    noisy = randomize_labels(y, fraction, 10, np.random.default_rng(0))
    assert np.count_nonzero(noisy != y) == replaced
    assert (y == 10).all()


def test_random_labels_are_drawn_evenly_from_all_classes():
    noisy = randomize_labels(np.zeros(40_000, int), 1, 4, np.random.default_rng(0))
    np.testing.assert_allclose(np.bincount(noisy) / 40_000, 0.25, atol=0.015)  # seven standard deviations


@pytest.mark.parametrize(
    "other", [table(rows=44), table(classes=5), table(x_test=np.zeros((1, 1)), y_test=np.zeros(1, int))]
)
def test_different_data_have_different_digests(other):
    assert other.digest != table().digest == table().digest


def test_every_label_can_be_chosen_to_become_random():
    noisy = [randomize_labels(np.full(100, 10), 0.2, 10, np.random.default_rng(seed)) != 10 for seed in range(100)]
    assert np.any(noisy, axis=0).all()


def test_the_digest_covers_the_labels():
    x = np.zeros((4, 1))
    assert Table(x, np.array([0, 1, 0, 1]), 2, 2).digest != Table(x, np.array([1, 0, 0, 1]), 2, 2).digest


def test_numbers_to_predict_are_split_at_random_and_not_changed():
    y = np.linspace(0, 1, 40)
    numbers = Table(np.arange(40.0)[:, None], y, None, 20, scale=1.0)
    split = numbers.split(1, np.random.default_rng(0))
    assert split.y_train.dtype == split.y_test.dtype == np.float64
    assert sorted([*split.y_train, *split.y_test]) == y.tolist()
    assert split.y_test.tolist() == [y[int(row)] for row in split.x_test[:, 0]]
    assert split.y_test.tolist() != sorted(split.y_test)


@pytest.mark.parametrize(
    ("train_size", "words"),
    [(0, r"between 1 and 39 \(to leave one for testing\), got 0"), (40, "between 1 and 39 .* got 40")],
)
def test_an_impossible_training_size_for_a_regression_is_refused(train_size, words):
    with pytest.raises(OptionError, match=words):
        Table(np.zeros((40, 1)), np.linspace(0, 1, 40), None, 20).check_train_size(train_size)


def test_the_digest_covers_the_groups():
    assert table(groups=np.arange(40)).digest != table(groups=np.zeros(40, int)).digest != table().digest


def test_a_missing_value_becomes_the_mean_of_the_training_part():
    x_train, x_test = standardized(np.array([[1.0], [np.nan], [3.0]]), np.array([[np.nan], [2.0], [100.0]]))
    assert x_train[1] == x_test[0] == x_test[1] == 0
    np.testing.assert_allclose(x_train[2], 1 / np.std([1, 2, 3]))
    assert x_test[2] > 50


def test_a_column_without_any_value_in_the_training_part_is_zero_in_both():
    x_train, x_test = standardized(np.full((3, 1), np.nan), np.array([[np.nan], [5.0]]))
    assert not x_train.any()
    assert not x_test.any()


def test_the_test_part_does_not_affect_the_standardized_training_part():
    x = np.array([[1.0], [np.nan], [3.0], [4.0]])
    parts = [standardized(x, np.array([[test]]))[0] for test in (0.0, 1e6, np.nan)]
    assert parts[0].tolist() == parts[1].tolist() == parts[2].tolist()


def test_test_rows_that_are_also_training_rows_are_counted():
    x, y = np.array([[1.0, 2], [3, 4], [-0.0, 5], [1, 2]]), np.array([0, 1, 1, 0])
    x_test, y_test = np.array([[1.0, 2], [1, 2], [0.0, 5], [3, 4], [9, 9]]), np.array([0, 1, 1, 1, 0])
    rows = Table(x, y, 2, 4, scale=1.0, x_test=x_test, y_test=y_test)
    assert rows.split(4, np.random.default_rng(0)).count_repeated() == 3
