"""A table with its splits in the files of UCI_Datasets: how they are read, and what is refused."""

import numpy as np
import pytest

from tests.lab.evidence.uncertainty.small import run_small, write_uci
from tinygrad_dropout.lab import LabError, OptionError
from tinygrad_dropout.lab.evidence.uncertainty import UNCERTAINTY, UncertaintyOptions
from tinygrad_dropout.lab.evidence.uncertainty.options import SEEN_SEEDS
from tinygrad_dropout.lab.evidence.uncertainty.uci import read_uci


def test_the_table_and_the_splits_are_those_of_the_files(tmp_path):
    written, tests = write_uci(tmp_path / "yacht", splits=12)
    for folder in (tmp_path / "yacht", tmp_path / "yacht" / "data"):
        options, data = UNCERTAINTY.prepare(UncertaintyOptions(uci=str(folder)), print)
        assert np.array_equal(data.table.x, written[:, :6])
        assert np.array_equal(data.table.y, written[:, 6])
        assert data.table.classes is None
        assert [rows.tolist() for rows in data.splits] == [rows.tolist() for rows in tests]
        assert options.seeds == 12
        assert UNCERTAINTY.as_json(options, data)["uci"] == "yacht"


def test_inputs_and_target_are_the_columns_whose_numbers_are_given(tmp_path):
    written, _ = write_uci(tmp_path)
    (tmp_path / "data" / "index_features.txt").write_text("5\n0\n")
    (tmp_path / "data" / "index_target.txt").write_text("2")
    table = read_uci(tmp_path / "data")
    assert np.array_equal(table.x, written[:, [5, 0]])
    assert np.array_equal(table.y, written[:, 2])


@pytest.mark.usefixtures("blank_pictures")
def test_a_run_uses_these_splits_and_shows_the_published_figures(tmp_path):
    write_uci(tmp_path / "yacht")
    outcome = run_small(uci=str(tmp_path / "yacht"), seeds=None)
    rows = [record["rows"] for record in outcome.records if record["configuration"] == "table"]
    assert rows == [{"train": 277, "test rows": 31}] * 2
    assert "2 given splits" in outcome.description
    assert "1.11 ± 0.38" in str(outcome)


def test_more_seeds_than_splits_are_reduced_with_a_message(tmp_path):
    write_uci(tmp_path / "yacht")
    told = []
    options, _ = UNCERTAINTY.prepare(UncertaintyOptions(uci=str(tmp_path / "yacht"), seeds=8), told.append)
    assert options.seeds == 2
    assert told == ["8 seeds become 2: there are only 2 given splits."]
    with pytest.raises(OptionError, match="first_seed: expected the number of a given split, 0 to 1, got 2"):
        UNCERTAINTY.prepare(UncertaintyOptions(uci=str(tmp_path / "yacht"), first_seed=2), print)


def test_given_splits_begin_at_the_first_and_drawn_ones_at_unseen_seeds(tmp_path):
    write_uci(tmp_path / "yacht")
    given, _ = UNCERTAINTY.prepare(UncertaintyOptions(uci=str(tmp_path / "yacht")), print)
    drawn, _ = UNCERTAINTY.prepare(UncertaintyOptions(), print)
    assert (given.first_seed, given.seeds) == (0, 2)
    assert drawn.first_seed == 100
    assert not SEEN_SEEDS.intersection(range(drawn.first_seed, drawn.first_seed + drawn.seeds))


@pytest.mark.filterwarnings("default")  # as outside of tests
@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        ("data.txt", None, "data.txt: the file cannot be read: No such file"),
        ("data.txt", "1 2\n3\n", "data.txt: expected lines of equally many numbers, separated by spaces: "),
        ("data.txt", "1 x\n3 4\n", "data.txt: expected lines of equally many numbers, separated by spaces: "),
        ("data.txt", "", "data.txt: expected lines of equally many numbers, separated by spaces: "),
        ("data.txt", "1 nan\n", "data.txt: expected finite numbers, got nan or inf"),
        ("data.txt", b"\xff\xfe\x00", "data.txt: expected lines of equally many numbers, separated by spaces: "),
        ("index_features.txt", "0\n7\n", "index_features.txt: expected column numbers from 0 to 6, got 7"),
        ("index_features.txt", "0.5", "index_features.txt: expected column numbers from 0 to 6, got 0.5"),
        ("index_features.txt", None, "index_features.txt: the file cannot be read: No such file"),
        (
            "index_target.txt",
            "6 5",
            "index_target.txt: expected the number of one column that is not an input, got 6, 5",
        ),
        ("index_target.txt", "3", "index_target.txt: expected the number of one column that is not an input, got 3"),
        ("index_test_0.txt", None, "data: expected index_test_0.txt and so on in this folder of splits, got none"),
        ("index_test_1.txt", "308", "index_test_1.txt: expected whole row numbers from 0 to 307, got 308"),
    ],
)
def test_other_files_are_refused_in_one_sentence(tmp_path, file, text, problem):
    write_uci(tmp_path)
    path = tmp_path / "data" / file
    path.unlink()
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(LabError) as error:
        UNCERTAINTY.prepare(UncertaintyOptions(uci=str(tmp_path)), print)
    assert problem in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(LabError, match=r"none.data\.txt: the file cannot be read: No such file"):
        UNCERTAINTY.prepare(UncertaintyOptions(uci=str(tmp_path / "none")), print)
