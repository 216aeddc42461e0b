"""The command `lab uncertainty`: its options reach the experiment, and a mistake in them is one sentence."""

import json
from dataclasses import fields

import pytest

from tests.cli.mistakes import assert_is_one_sentence
from tests.lab.evidence.uncertainty.small import write_table, write_uci
from tinygrad_dropout.lab.evidence.uncertainty import UNCERTAINTY, UncertaintyOptions

SMALL = ["--epochs", "1", "--samples", "2", "--hidden", "3", "--workers", "1"]


@pytest.fixture
def files(tmp_path):
    """A table with splits, a folder in the form of UCI_Datasets, and invalid files."""
    write_table(tmp_path)
    (tmp_path / "splits.txt").write_text("0 1\n2 3 4\n")
    write_uci(tmp_path / "yacht")
    (tmp_path / "short.csv").write_text("a,y\n" + "1,2\n3,4\n" * 5)
    (tmp_path / "words.csv").write_text("a,y\n" + "1,b\n2,c\n" * 10)
    (tmp_path / "bad.txt").write_text("0 1\n0 x\n")


def kept(tmp_path):
    return json.loads((tmp_path / "folder" / "results.json").read_text())["options"]


@pytest.mark.usefixtures("blank_pictures", "files")
@pytest.mark.parametrize(
    ("typed", "options"),
    [
        ("--csv table.csv --target y --ignore b --missing drop --p 0.3 --input-p 0.2 --hidden 4,3 --epochs 2 "
         "--samples 5 --seeds 1 --first-seed 7",
         {"csv": "table.csv", "target": "y", "ignore": ["b"], "missing": "drop", "p": 0.3, "input_p": 0.2,
          "hidden": [4, 3], "epochs": 2, "samples": 5, "seeds": 1, "first_seed": 7, "rows": 30}),
        ("--csv table.csv --target y --splits splits.txt", {"splits": "splits.txt", "seeds": 2}),
        ("--uci yacht/data --first-seed 1", {"uci": "yacht", "rows": 308, "seeds": 1, "first_seed": 1}),
        ("--quick --seeds 1 --samples 2 --epochs 1", {"seeds": 1, "samples": 2, "epochs": 1}),
    ],
)  # fmt: skip
def test_every_option_reaches_the_experiment(run, tmp_path, typed, options):
    code, out, _ = run("lab", "uncertainty", *SMALL, *typed.split(), "--out", "folder")
    assert code == 0
    assert out.endswith("Results and pictures: folder\n")
    assert kept(tmp_path) == kept(tmp_path) | options


def test_quick_replaces_defaults_but_given_options_win(run, monkeypatch):
    seen = []

    def note(experiment, options, **others):
        seen.append(options)
        raise MemoryError

    monkeypatch.setattr("tinygrad_dropout.lab.run", note)
    for typed in ([], ["--quick"], ["--quick", "--epochs", "7"]):
        run("lab", "uncertainty", *typed)
    quick = dict(UNCERTAINTY.quick)
    assert seen == [
        UncertaintyOptions(), UncertaintyOptions(**quick), UncertaintyOptions(**(quick | {"epochs": 7}))
    ]  # fmt: skip


@pytest.mark.usefixtures("blank_pictures", "files")
def test_a_reduced_number_of_seeds_is_printed(run):
    _, out, _ = run("lab", "uncertainty", *SMALL, "--uci", "yacht", "--seeds", "3")
    assert out.startswith("3 seeds become 2: there are only 2 given splits.\n")


def test_help_names_every_option_and_fits_the_width(run):
    code, out, _ = run("lab", "uncertainty", "--help")
    assert code == 0
    for option in (*(field.name for field in fields(UncertaintyOptions)), "quick", "workers", "dask", "out"):
        assert f"--{option.replace('_', '-')} " in out
    assert max(map(len, out.splitlines())) <= 120


TABLE = "--csv table.csv --target y"
BAD_INPUT = {
    "--p 0": "--p: expected a probability of dropping above 0 and below 1 (at 0 all masks are the same, at 1 nothing",
    "--p 1": "--p: expected a probability of dropping above 0 and below 1",
    "--p nan": "--p: expected a probability of dropping above 0",
    "--p half": "--p: expected a number, got 'half'",
    "--input-p 1": "--input-p: expected a probability of dropping of at least 0 and below 1 (at 1 nothing is left)",
    "--input-p -0.1": "--input-p: expected a probability of dropping of at least 0",
    "--hidden 0": "--hidden: expected one or more layers of 1 to 100,000 units, got 0",
    "--hidden 8,": "--hidden: expected whole numbers separated by commas, got '8,'",
    "--epochs 0": "--epochs: expected a number from 1 to 10,000,000, got 0",
    "--samples 1": "--samples: expected a number from 2 to 10,000, got 1",
    "--samples 10001": "--samples: expected a number from 2 to 10,000, got 10001",
    "--samples 2.5": "--samples: expected a whole number, got '2.5'",
    "--seeds 0": "--seeds: expected a number from 1 to 10,000, got 0",
    "--first-seed -1": "--first-seed: expected a number from 0 to 4,294,967,296, got -1",
    "--workers 0": "--workers: expected at least 1, got 0",
    "--csv table.csv": "--target: expected the name of the column of the CSV file to predict",
    "--csv none.csv --target y": "none.csv: the file cannot be read: No such file or directory",
    "--csv table.csv --target z": "--target: expected one of the columns of table.csv (a, b, y), got 'z'",
    "--csv table.csv --target y --ignore z": "--ignore: expected one of the columns of table.csv (a, b, y), got 'z'",
    "--csv words.csv --target y": "words.csv: expected a number to predict in line 2, column 'y', got 'b'",
    "--csv short.csv --target y": "short.csv: expected more than 10 rows, got 10",
    "--csv table.csv --target y --missing some": "--missing: expected drop or mean, got 'some'",
    "--target y": "--target: expected a CSV file with this column, got none",
    "--ignore a": "--ignore: expected a CSV file with this column, got none",
    "--missing drop": "--missing: it only applies to a CSV file, and none is given",
    "--splits splits.txt": "--splits: expected a CSV file (--csv) that the splits belong to, got none",
    f"{TABLE} --splits splits.txt --missing mean": "--missing: expected none with given splits, because it would",
    f"{TABLE} --splits none.txt": "none.txt: the splits cannot be read: No such file or directory",
    f"{TABLE} --splits bad.txt": "bad.txt, line 2: expected row numbers separated by commas or spaces, got '0 x'",
    f"{TABLE} --splits yacht/data": "index_test_0.txt: expected whole row numbers from 0 to 29, got",
    f"{TABLE} --splits yacht": "yacht: expected index_test_0.txt and so on in this folder of splits, got none",
    f"{TABLE} --splits splits.txt --first-seed 2": "--first-seed: expected the number of a given split, 0 to 1, got 2",
    f"{TABLE} --uci yacht": "--uci: expected no --csv, because the folder has its own, got both",
    "--uci none": "data.txt: the file cannot be read: No such file",
    "--uci ": "--uci: expected one argument",
    "--sample 5": "unrecognized arguments: --sample 5",
    "--out table.csv": "table.csv: the output folder cannot be written: File exists",
}


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("arguments", BAD_INPUT)
def test_a_mistake_is_one_sentence_and_exit_code_2(run, tmp_path, arguments):
    before = sorted(tmp_path.rglob("*"))
    assert_is_one_sentence(run("lab", "uncertainty", *arguments.split()), BAD_INPUT[arguments])
    assert sorted(tmp_path.rglob("*")) == before
