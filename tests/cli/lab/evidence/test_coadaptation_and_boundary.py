"""`lab coadaptation` and `lab boundary`: their options, what they print, and what they say about a mistake."""

import json
import os

import pytest

from tests.cli.mistakes import assert_is_one_sentence
from tests.lab.evidence.small import small_outcome
from tinygrad_dropout.lab.evidence.boundary.experiment import BOUNDARY
from tinygrad_dropout.lab.evidence.coadaptation.experiment import COADAPTATION

SMALL_OPTIONS = {
    COADAPTATION: "--seeds 3 --first-seed 0 --hidden 8 --train-size 60 --epochs 2 --autoencoder-epochs 2 --orders 2 "
    "--pairs 4",
    BOUNDARY: "--seeds 3 --first-seed 0 --hidden 6 --few 2 --train-size 20 --epochs 3 --grid 5",
}
OTHER_OPTIONS = {
    COADAPTATION: "--p 0.25 --first-seed 7",
    BOUNDARY: "--p 0.25 --first-seed 7 --label-noise 0.25",
}
EXPERIMENTS = pytest.mark.parametrize("experiment", SMALL_OPTIONS, ids=lambda one: one.name)


@pytest.mark.usefixtures("blank_pictures")
@EXPERIMENTS
def test_it_prints_its_report_and_where_the_files_are(run, tmp_path, experiment):
    code, out, _ = run("lab", experiment.name, *SMALL_OPTIONS[experiment].split(), "--workers", 1, "--out", "folder")
    assert code == 0
    report = [line.rstrip() for line in str(small_outcome(experiment)).splitlines()]
    assert [line.rstrip() for line in out.splitlines()] == [*report, "Results and pictures: folder"]
    assert sorted(os.listdir(tmp_path / "folder")) == sorted(["results.json", *experiment.pictures])


@pytest.mark.usefixtures("blank_pictures")
@EXPERIMENTS
def test_every_option_reaches_the_experiment(run, tmp_path, experiment):
    typed = f"{SMALL_OPTIONS[experiment]} {OTHER_OPTIONS[experiment]}".replace("--seeds 3 --first-seed 0", "--seeds 1")
    run("lab", experiment.name, *typed.split(), "--workers", 1, "--out", "folder")
    kept = json.loads((tmp_path / "folder" / "results.json").read_text())["options"]
    words = typed.split()
    given = {word[2:].replace("-", "_"): float(value) for word, value in zip(words[::2], words[1::2], strict=True)}
    assert {name: value for name, value in kept.items() if name != "configurations"} == given
    assert given.keys() == experiment.options_class.__dataclass_fields__.keys()


@pytest.mark.usefixtures("blank_pictures")
def test_quick_has_shorter_defaults_and_given_options_win(run, tmp_path):
    run("lab", "boundary", "--quick", "--seeds", 1, "--epochs", 2, "--workers", 1, "--out", "folder")
    kept = json.loads((tmp_path / "folder" / "results.json").read_text())["options"]
    assert (kept["seeds"], kept["epochs"], kept["hidden"]) == (1, 2, 100)
    assert BOUNDARY.quick["epochs"] < BOUNDARY.options_class.epochs


@EXPERIMENTS
def test_help_names_every_option_with_its_default_and_fits_the_width(run, experiment):
    code, out, _ = run("lab", experiment.name, "--help")
    assert code == 0
    words = " ".join(out.split())
    options = experiment.options_class()
    for name in experiment.options_class.__dataclass_fields__:
        of_option = words.split(f"--{name.replace('_', '-')} ")[-1]
        assert f"(default: {getattr(options, name):,})" in of_option.split(" --")[0]
    assert max(map(len, out.splitlines())) <= 120


MISTAKES = {
    "coadaptation --p 0": "--p: expected a probability of dropping above 0 and below 1 (both networks would be the",
    "coadaptation --p 1": "--p: expected a probability of dropping above 0 and below 1",
    "coadaptation --p nan": "--p: expected a probability of dropping above 0 and below 1",
    "coadaptation --p half": "--p: expected a number, got 'half'",
    "coadaptation --hidden 1": "--hidden: expected a number from 2 to 2,048, got 1",
    "coadaptation --hidden 64,64": "--hidden: expected a whole number, got '64,64'",
    "coadaptation --train-size 9": "--train-size: expected between 10 (one example of each class) and 1,787",
    "coadaptation --train-size 1790": "--train-size: expected between 10 (one example of each class) and 1,787",
    "coadaptation --train-size 0": "--train-size: expected a number from 1 to 10,000,000, got 0",
    "coadaptation --epochs 0": "--epochs: expected a number from 1 to 10,000,000, got 0",
    "coadaptation --autoencoder-epochs 0": "--autoencoder-epochs: expected a number from 1 to 10,000,000, got 0",
    "coadaptation --orders 0": "--orders: expected a number from 1 to 1,000, got 0",
    "coadaptation --pairs 0": "--pairs: expected a number from 1 to 100,000, got 0",
    "coadaptation --pairs 1e3": "--pairs: expected a whole number, got '1e3'",
    "coadaptation --seeds 0": "--seeds: expected a number from 1 to 10,000, got 0",
    "coadaptation --first-seed -1": "--first-seed: expected a number from 0 to 4,294,967,296, got -1",
    "coadaptation --workers 0": "--workers: expected at least 1, got 0",
    "coadaptation --label-noise 0.1": "unrecognized arguments: --label-noise 0.1",
    "boundary --p 0": "--p: expected a probability of dropping above 0 and below 1 (both networks would be the same)",
    "boundary --p 1.5": "--p: expected a probability of dropping above 0 and below 1",
    "boundary --hidden 0": "--hidden: expected a number from 1 to 10,000, got 0",
    "boundary --few 0": "--few: expected a number from 1 to 10,000, got 0",
    "boundary --train-size 1": "--train-size: expected at least 2 (one point of each moon), got 1",
    "boundary --label-noise 1.1": "--label-noise: expected a fraction from 0 to 1, got 1.1",
    "boundary --label-noise nan": "--label-noise: expected a fraction from 0 to 1, got nan",
    "boundary --epochs -3": "--epochs: expected a number from 1 to 10,000,000, got -3",
    "boundary --grid 1": "--grid: expected a number from 2 to 500, got 1",
    "boundary --grid 501": "--grid: expected a number from 2 to 500, got 501",
    "boundary --seeds 10001": "--seeds: expected a number from 1 to 10,000, got 10001",
    "boundary --settings few": "unrecognized arguments: --settings few",
    "boundary --out taken/folder": "taken/folder: the output folder cannot be written: Not a directory",
}


@pytest.mark.parametrize("arguments", MISTAKES)
def test_a_mistake_is_one_sentence_and_exit_code_2(run, tmp_path, arguments):
    (tmp_path / "taken").touch()
    assert_is_one_sentence(run("lab", *arguments.split()), MISTAKES[arguments])
    assert os.listdir(tmp_path) == ["taken"]


@pytest.mark.usefixtures("blank_pictures")
@EXPERIMENTS
def test_a_folder_made_with_other_options_is_refused(run, experiment):
    command = [
        "lab",
        experiment.name,
        *SMALL_OPTIONS[experiment].split(),
        "--seeds",
        1,
        "--workers",
        1,
        "--out",
        "folder",
    ]
    assert run(*command)[0] == 0
    assert run(*command, "--epochs", 4) == (
        2, "",
        f"tinygrad-dropout: folder was made with other options (epochs {2 if experiment is COADAPTATION else 3}, not "
        "4): choose another folder\n",
    )  # fmt: skip
