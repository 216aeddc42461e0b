"""Given splits: both forms in which they can be given, and what is refused."""

import numpy as np
import pytest

from tests.lab.evidence.uncertainty.small import run_small, write_table
from tinygrad_dropout.lab import LabError
from tinygrad_dropout.lab.datasets.split import Table
from tinygrad_dropout.lab.evidence.uncertainty.problems import TABLE, Data, problem_of
from tinygrad_dropout.lab.evidence.uncertainty.splits import given_split, read_splits


def test_a_file_has_a_line_for_each_split(tmp_path):
    (tmp_path / "splits.txt").write_text("0,3, 5\n\n1 2\n")
    found = read_splits(tmp_path / "splits.txt", 20)
    assert [one.tolist() for one in found] == [[0, 3, 5], [1, 2]]


def test_a_folder_has_a_file_for_each_split_as_in_the_published_ones(tmp_path):
    """Twelve, in the order of their numbers, not of their names; written by NumPy, as theirs are."""
    for split in range(12):
        np.savetxt(tmp_path / f"index_test_{split}.txt", np.array([split, 15.0]))
        np.savetxt(tmp_path / f"index_train_{split}.txt", np.array([1.0]))
    found = read_splits(tmp_path, 20)
    assert [one.tolist() for one in found] == [[split, 15] for split in range(12)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("0 1\n0 x", "line 2: expected row numbers separated by commas or spaces, got '0 x'"),
        ("0 20", "line 1: expected whole row numbers from 0 to 19, got 20"),
        ("-1", "line 1: expected whole row numbers from 0 to 19, got -1"),
        ("1.5", "line 1: expected whole row numbers from 0 to 19, got 1.5"),
        ("nan", "line 1: expected whole row numbers from 0 to 19, got nan"),
        ("1 2 1", "line 1: expected each row once, got 3 numbers of 2 rows"),
        (" ".join(map(str, range(11))), "line 1: expected from 1 to 10 test rows of the table's 20, got 11"),
        ("\n", "splits.txt: expected a line of row numbers for each split, got an empty file"),
    ],
)
def test_an_invalid_split_is_refused_with_its_place(tmp_path, text, problem):
    (tmp_path / "splits.txt").write_text(text)
    with pytest.raises(LabError) as error:
        read_splits(tmp_path / "splits.txt", 20)
    assert str(error.value).endswith(problem)
    assert str(error.value).startswith(str(tmp_path / "splits.txt"))


def test_files_that_cannot_be_read_are_refused(tmp_path):
    with pytest.raises(LabError, match=r"expected index_test_0\.txt and so on in this folder of splits, got none"):
        read_splits(tmp_path, 20)
    with pytest.raises(LabError, match="none: the splits cannot be read: No such file or directory"):
        read_splits(tmp_path / "none", 20)


def test_the_split_has_these_test_rows_and_is_standardized_by_the_others():
    x, y = np.arange(20.0)[:, np.newaxis] ** 2, np.arange(20.0)
    split = given_split(Table(x, y, None, 10), np.array([19, 3]))
    train = np.delete(np.arange(20), [3, 19])
    assert split.y_test.tolist() == [19, 3]
    assert split.y_train.tolist() == train.tolist()
    assert split.x_train[:, 0] == pytest.approx((x[train, 0] - x[train].mean()) / x[train].std(), rel=1e-5)
    assert split.x_test[:, 0] == pytest.approx((x[[19, 3], 0] - x[train].mean()) / x[train].std(), rel=1e-5)


def test_each_seed_has_the_split_of_its_number():
    table = Table(np.arange(20.0)[:, np.newaxis], np.arange(20.0), None, 10)
    data = Data(table, [np.array([4]), np.array([7, 8])])
    found = [problem_of(TABLE, data, seed, np.random.default_rng(0)).split.y_test.tolist() for seed in (0, 1)]
    assert found == [[4], [7, 8]]


@pytest.mark.usefixtures("blank_pictures")
def test_there_are_as_many_seeds_as_splits(tmp_path):
    (tmp_path / "splits.txt").write_text("0 1\n2 3\n4 5\n6 7")
    outcome = run_small(csv=write_table(tmp_path), target="y", splits=str(tmp_path / "splits.txt"), seeds=None)
    assert outcome.options["seeds"] == 4
    assert {record["rows"]["test rows"] for record in outcome.records if record["configuration"] == TABLE} == {2}
    assert (outcome.options["csv"], outcome.options["splits"]) == ("table.csv", "splits.txt")
    assert "4 given splits" in outcome.description


def test_different_splits_are_different_data(tmp_path):
    digests = []
    for text in ("0 1", "0 2"):
        (tmp_path / "splits.txt").write_text(text)
        outcome = run_small(csv=write_table(tmp_path), target="y", splits=str(tmp_path / "splits.txt"), seeds=None)
        digests.append(outcome.options["data"])
    assert digests[0] != digests[1]
