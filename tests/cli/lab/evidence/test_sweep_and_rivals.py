"""`lab rivals` and `lab sweep` as commands: which options they offer, and what they say about a wrong value."""

import json
import os
import subprocess
import sys

import pytest

from tests.cli.mistakes import assert_is_one_sentence
from tests.cli.test_compare import environment
from tests.lab.small import SMALL_OPTIONS
from tinygrad_dropout.lab.evidence.rivals.tries import PATIENCES

SMALL = SMALL_OPTIONS.replace("--seeds 2", "--seeds 1 --workers 1").split()
NOT_OFFERED = {"rivals": ("--p", "--input-p", "--early-stopping", "--patience"),
               "sweep": ("--early-stopping", "--patience")}  # fmt: skip


@pytest.fixture(autouse=True)
def table(tmp_path):
    """A small table of numbers to predict."""
    rows = "\n".join(f"{number},{number * number}" for number in range(20))
    (tmp_path / "table.csv").write_text(f"x,y\n{rows}\n")


def help_of(run, name):
    code, out, err = run("lab", name, "--help")
    assert (code, err) == (0, "")
    return out


@pytest.mark.parametrize("name", NOT_OFFERED)
def test_options_without_effect_are_not_offered(run, name):
    out = help_of(run, name)
    assert max(map(len, out.splitlines())) <= 120
    for option in ("--csv", "--hidden", "--epochs", "--quick", "--seeds", "--out"):
        assert f" {option} " in out
    for option in NOT_OFFERED[name]:
        assert f" {option} " not in out
        code, _, err = run("lab", name, option, "only" if option == "--early-stopping" else "1")
        assert (code, err.count("\n")) == (2, 1)
        assert f"unrecognized arguments: {option}" in err


def test_the_help_names_the_seen_seeds_and_the_first_seed(run):
    text = " ".join(help_of(run, "rivals").split())
    assert "seeing results of seeds 0 to 9 and 100 to 104 on the default data" in text
    assert "(default: 1000)" in text
    assert "--figure 10 on MNIST" in help_of(run, "sweep")


@pytest.mark.usefixtures("blank_pictures")
def test_a_folder_of_rivals_can_be_extended_by_more_seeds(run, tmp_path):
    code, out, _ = run("lab", "rivals", *SMALL, "--out", "folder")
    assert code == 0
    assert "Too few seeds for a verdict: 1; at least 3 are needed." in out
    kept = json.loads((tmp_path / "folder" / "results.json").read_text())
    assert kept["options"]["methods"]["early stopping"] == list(map(str, PATIENCES))
    code, _, _ = run("lab", "rivals", *SMALL, "--seeds", 2, "--out", "folder")
    assert code == 0
    more = json.loads((tmp_path / "folder" / "results.json").read_text())
    assert more["records"][: len(kept["records"])] == kept["records"]
    assert len(more["records"]) == 2 * len(kept["records"])


@pytest.mark.usefixtures("blank_pictures")
@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        ("--values 0.2,0.5", {"over": "p", "values": [0, 0.2, 0.5], "input_p": 0, "series": ["dropout"]}),
        ("--over input_p --values 0.3 --p 0.1", {"over": "input_p", "values": [0, 0.3], "p": 0.1}),
        ("--over width --values 4,2", {"over": "width", "values": [2, 4], "input_p": 0.2}),
        ("--figure 9 --values 0.5", {"over": "p", "figure": 9, "label_noise": 0}),
    ],
)
def test_the_swept_option_and_its_values_reach_the_experiment(run, tmp_path, arguments, kept):
    code, out, _ = run("lab", "sweep", *SMALL, *arguments.split(), "--out", "folder")
    assert code == 0
    assert "swept over" in out
    options = json.loads((tmp_path / "folder" / "results.json").read_text())["options"]
    assert {name: options[name] for name in kept} == kept
    assert not options.keys() & {"early_stopping", "patience", "filled_in", options["over"]}


BAD_INPUT = {
    "rivals --dataset moons --train-size 9": "--train-size: expected at least 10 to hold a fifth back, got 9",
    "rivals --epochs 0": "--epochs: expected a number from 1 to 10,000,000, got 0",
    "rivals --seeds none": "--seeds: expected a whole number, got 'none'",
    "rivals --csv table.csv": "--target: expected the name of the column of the CSV file to predict",
    "rivals --csv table.csv --target z": "'z'",
    "rivals --csv table.csv --target y --regression --label-noise 0.1": "--label-noise: expected 0 for a regression",
    "rivals --dataset mnist1d --data-dir nowhere": "nowhere",
    "rivals --workers 0": "--workers: expected at least 1, got 0",
    "rivals --out table.csv": "table.csv: the output folder cannot be written: File exists",
    "sweep --dataset moons --train-size 9": "--train-size: expected at least 10 to hold a fifth back, got 9",
    "sweep --over depth": "--over: expected p, input_p, train_size, width, label_noise or epochs, got 'depth'",
    "sweep --over p --p 0.3": "--p: expected none, because it is swept over --values, got 0.3",
    "sweep --values 0.5,": "--values: expected numbers separated by commas, got '0.5,'",
    "sweep --values 1.5": "--values: expected probabilities of dropping from 0 to 1, got 1.5",
    "sweep --values 0": "--values: expected a value above 0 to compare with 0, got only 0",
    "sweep --over width --values 8.5": "--values: expected whole numbers for width, got 8.5",
    "sweep --over epochs --values 0,5": "--values: expected a number from 1 to 10,000,000, got 0",
    "sweep --over label_noise --values 2": "--values: expected a fraction from 0 to 1, got 2.0",
    "sweep --over train_size --values 1,100": "--values: expected between 10 (one example of each class) and 1,787",
    "sweep --over label_noise --csv table.csv --target y": "--over: expected a setting other than label_noise",
    "sweep --over epochs --p 0 --input-p 0": "--p: expected a p above 0 for the hidden units or the",
    "sweep --figure 11": "--figure: expected 9 or 10, got 11",
    "sweep --figure 9.5": "--figure: expected a whole number, got '9.5'",
    "sweep --figure 10 --over p": "--over: expected train_size with figure 10, got 'p'",
    "sweep --figure 9 --values 0.5,1": "--values: expected probabilities of dropping from 0 to 0.99, got 0.5,1",
    "sweep --figure 10 --data-dir nowhere": "nowhere",
}


@pytest.mark.parametrize("arguments", BAD_INPUT)
def test_a_mistake_is_one_sentence_and_exit_code_2(run, tmp_path, arguments):
    assert_is_one_sentence(run("lab", *arguments.split()), BAD_INPUT[arguments], allow_output="--csv" in arguments)
    assert os.listdir(tmp_path) == ["table.csv"]


def test_the_parser_is_built_without_slow_imports():
    """The modules of the experiments are imported for their defaults whenever any command is run."""
    code = (
        "import sys\n"
        "import tinygrad_dropout.lab.evidence.rivals, tinygrad_dropout.lab.evidence.sweep\n"
        "print({'matplotlib', 'pandas', 'rich', 'scipy', 'sklearn', 'threadpoolctl'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
