"""The experiment in PyTorch: the same data as ours, fair pairs, and the same numbers with any number of workers."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tinygrad_dropout.lab import datasets
from tinygrad_dropout.lab.arrays import digest_of
from tinygrad_dropout.lab.comparison.training import Streams

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def in_pytorch(torch):
    """The script as a module."""
    return importlib.import_module("benchmarks.main_job.in_pytorch")


@pytest.fixture(scope="module")
def digits():
    """x and y as the script has them."""
    table = datasets.load_digits()
    return {"x": table.x.astype(np.float32) / 16, "y": table.y}


@pytest.mark.parametrize("seed", [0, 7])
def test_the_split_and_its_noisy_labels_are_ours(in_pytorch, digits, seed):
    streams = Streams.from_seed(seed)
    ours = datasets.load_digits().split(500, np.random.default_rng(streams.split))
    noisy = datasets.randomize_labels(ours.y_train, 0.2, 10, np.random.default_rng(streams.label_noise))
    data, digest = in_pytorch.split(**digits, seed=seed)
    assert digest == digest_of(ours.x_train, noisy, ours.x_test, ours.y_test)
    np.testing.assert_array_equal(data["y_train"], noisy)


def test_only_dropout_tells_the_networks_of_a_pair_apart(in_pytorch, digits, monkeypatch):
    monkeypatch.setattr(in_pytorch, "HIDDEN_P", 0.0)
    monkeypatch.setattr(in_pytorch, "INPUT_P", 0.0)
    pair = in_pytorch.train_pair(0, **digits, epochs=2, measured=[2])
    assert pair["without"] == pair["with"]


def test_a_network_is_measured_after_the_epochs_that_were_asked_for(in_pytorch, digits):
    pair = in_pytorch.train_pair(0, **digits, epochs=5, measured=[1, 3, 5])
    assert [[record["epoch"] for record in pair[arm]] for arm in ("without", "with")] == [[1, 3, 5]] * 2
    assert pair["shared"]["updates"] == 5 * 8  # 500 examples in batches of 64


def test_dropout_is_on_in_training_and_off_in_measurements(in_pytorch, digits):
    pair = in_pytorch.train_pair(0, **digits, epochs=3, measured=[3])
    without, with_dropout = pair["without"][0], pair["with"][0]
    assert without["train_loss_dropout_on"] == without["train_loss"] < with_dropout["train_loss"]
    assert with_dropout["train_loss_dropout_on"] > with_dropout["train_loss"]


def test_the_program_writes_results_and_pictures_and_its_workers_change_no_number(in_pytorch, digits, tmp_path):
    options = ["--seeds", "2", "--epochs", "3", "--measured", "1,3", "--workers", "2", "--out", str(tmp_path / "out")]
    command = [sys.executable, "-m", "benchmarks.main_job.in_pytorch", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "points of test accuracy (95% interval" in done.stdout
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "results.json",
        "learning_curves.png",
        "comparison.png",
    }
    pairs = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))["pairs"]
    assert pairs == [in_pytorch.train_pair(seed, **digits, epochs=3, measured=[1, 3]) for seed in range(2)]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--seeds", "1"], "--seeds: expected at least 2, for one pair gives no interval, got 1"),
        (["--epochs", "0"], "--epochs: expected a whole number, at least 1, got '0'"),
        (["--workers", "two"], "--workers: expected a whole number, at least 1, got 'two'"),
        (["--measured", "1,x"], "--measured: expected a whole number, at least 1, got 'x'"),
        (["--epochs", "3", "--measured", "1,2"], "--measured: expected the last epoch, 3, among them, got [1, 2]"),
        (["--out", "/dev/null/here"], "--out: cannot write to /dev/null/here"),
    ],
)
def test_a_mistake_gets_one_sentence_and_exit_code_2(in_pytorch, monkeypatch, capsys, options, sentence):
    monkeypatch.setattr(sys, "argv", ["in_pytorch", *options])
    with pytest.raises(SystemExit) as ended:
        in_pytorch.main()
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err
