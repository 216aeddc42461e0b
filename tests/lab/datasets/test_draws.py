"""Training parts that are drawn: in the proportions of the classes, or in whole groups."""

import numpy as np
import pytest

from tinygrad_dropout.lab.datasets.draws import grouped_split, stratified_order


def test_every_prefix_of_a_stratified_order_has_the_proportions_of_the_classes():
    y = np.repeat([0, 1, 2], [60, 30, 10])
    order = y[stratified_order(y, np.random.default_rng(0))]
    for size in (10, 25, 50, 80):
        np.testing.assert_allclose(np.bincount(order[:size]) / size, [0.6, 0.3, 0.1], atol=0.1)


GROUPS = np.repeat(np.arange(10), range(1, 11))


@pytest.mark.parametrize("labels", [GROUPS % 2, None])
@pytest.mark.parametrize(("train_size", "off_by"), [(1, 6), (10, 1), (27, 1), (40, 1), (54, 6)])
def test_groups_stay_whole_and_the_training_part_is_as_large_as_whole_groups_allow(labels, train_size, off_by):
    for seed in range(30):
        train, test = grouped_split(GROUPS, labels, train_size, np.random.default_rng(seed))
        assert sorted([*train, *test]) == list(range(55))
        assert not set(GROUPS[train]) & set(GROUPS[test])
        assert train.size
        assert test.size
        assert abs(len(train) - train_size) <= off_by
        if labels is not None:
            assert set(labels[train]) == set(labels[test]) == {0, 1}


def test_groups_on_the_training_side_differ_with_the_seed_and_their_rows_are_shuffled():
    groups = np.repeat(np.arange(10), 3)
    trained = [grouped_split(groups, groups % 2, 15, np.random.default_rng(seed))[0].tolist() for seed in range(10)]
    assert len({frozenset(each) for each in trained}) > 5
    assert all(each != sorted(each) for each in trained)


@pytest.mark.parametrize("labels", [np.arange(1000) % 2, None])
def test_a_giant_group_is_on_the_side_that_comes_closest_to_the_size_for_every_seed(labels):
    groups = np.maximum(np.arange(1000) - 899, 0)  # a group of 900 examples and 100 groups of one
    for seed in range(10):
        assert 900 <= len(grouped_split(groups, labels, 700, np.random.default_rng(seed))[0]) < 1000
        assert 70 <= len(grouped_split(groups, labels, 90, np.random.default_rng(seed))[0]) <= 100


def test_groups_with_several_classes_leave_no_class_out_on_either_side():
    groups = np.repeat(np.arange(30), 4)
    labels = np.zeros(120, int)
    labels[[3, 47, 86]], labels[[19, 118]] = 1, 2  # never the first of a group
    for seed in range(30):
        train, test = grouped_split(groups, labels, 84, np.random.default_rng(seed))
        assert set(labels[train]) == set(labels[test]) == {0, 1, 2}


def test_if_no_cut_has_every_class_on_both_sides_the_training_part_has_them_all():
    groups, labels = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 1, 2, 2, 0])
    for seed in range(30):
        train, test = grouped_split(groups, labels, 2, np.random.default_rng(seed))
        assert set(labels[train]) == {0, 1, 2}
        assert test.size == 2
