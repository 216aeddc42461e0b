"""A validation part is taken only from the training part, in its proportions, with whole groups."""

import numpy as np
import pytest

from tinygrad_dropout.lab import LabError
from tinygrad_dropout.lab.datasets.split import Split
from tinygrad_dropout.lab.datasets.validation import with_validation


def split_of(y, groups=None):
    """A split whose inputs are the numbers of the rows."""
    x = np.arange(len(y), dtype=np.float32)[:, np.newaxis]
    return Split(x, np.asarray(y), x[:3] + 1000, np.asarray(y)[:3], groups)


def drawn(split, classes=2, seed=0):
    return with_validation(split, classes, np.random.default_rng(seed))


LABELS = np.repeat([0, 1], [70, 30])


def test_a_fifth_is_held_back_and_no_row_is_lost_or_repeated():
    split = drawn(split_of(LABELS))
    assert (len(split.y_train), len(split.y_validation)) == (80, 20)
    rows = np.concatenate([split.x_train, split.x_validation])[:, 0]
    assert sorted(rows) == list(range(100))
    assert np.array_equal(np.concatenate([split.y_train, split.y_validation]), LABELS[rows.astype(int)])


def test_classes_keep_their_proportions():
    split = drawn(split_of(LABELS))
    assert np.bincount(split.y_train).tolist() == pytest.approx([56, 24], abs=1)
    assert np.bincount(split.y_validation).tolist() == pytest.approx([14, 6], abs=1)


def test_the_test_part_does_not_change():
    before = split_of(LABELS)
    after = drawn(before)
    assert after.x_test is before.x_test
    assert after.y_test is before.y_test


def test_another_seed_holds_back_other_rows():
    assert not np.array_equal(drawn(split_of(LABELS)).x_validation, drawn(split_of(LABELS), seed=1).x_validation)


def test_numbers_need_no_proportions():
    split = drawn(split_of(np.linspace(0, 1, 50)), classes=None)
    assert (len(split.y_train), len(split.y_validation)) == (40, 10)


@pytest.mark.parametrize("classes", [2, None])
def test_groups_stay_whole(classes):
    groups = np.arange(100) // 5
    split = drawn(split_of(LABELS, groups), classes)
    held_back = set(groups[split.x_validation[:, 0].astype(int)])
    assert held_back
    assert held_back.isdisjoint(split.groups)
    assert np.array_equal(split.groups, groups[split.x_train[:, 0].astype(int)])


@pytest.mark.parametrize("seed", range(5))
def test_a_class_with_two_groups_is_on_both_sides(seed):
    groups = np.arange(100) // 5
    split = drawn(split_of((groups >= 18).astype(int), groups), seed=seed)
    assert set(split.y_train) == set(split.y_validation) == {0, 1}


def test_a_single_group_cannot_be_split():
    with pytest.raises(LabError, match="expected at least two groups in the training part, got only one"):
        drawn(split_of(LABELS, np.zeros(100, int)))
