"""Loading by name: the data that a configuration asks for, with the number of training examples checked."""

from dataclasses import replace

import numpy as np
import pytest

from tinygrad_dropout.lab import Config, LabError, OptionError
from tinygrad_dropout.lab.comparison.config import DATASETS, DATASETS_WITH_FILES
from tinygrad_dropout.lab.comparison.data import load
from tinygrad_dropout.lab.comparison.report import GENERATED, own_test_rows
from tinygrad_dropout.lab.datasets.split import Table


def test_the_digits_are_scikit_learns_scaled_to_one():
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
def test_an_impossible_training_size_is_refused_on_loading(options, words):
    with pytest.raises(OptionError, match=words):
        load(Config(**options))


@pytest.fixture
def config(tmp_path):
    """A comparison on a table of 20 rows, each of which is there twice."""
    rows = "".join(f"{row // 4},{'ab'[row % 2]},p{row}\n" for row in range(20))
    (tmp_path / "table.csv").write_text("x,y,person\n" + rows + rows)
    return Config(csv=str(tmp_path / "table.csv"), target="y")


def test_a_note_counts_test_rows_that_repeat_training_rows(config):
    dataset = load(replace(config, train_size=20))
    split = dataset.split(20, np.random.default_rng(0))
    assert 0 < split.count_repeated() < 20
    repeated = split.count_repeated()
    share = f"{100 * repeated / 20:.0f}% of the test rows"
    assert dataset.notes[-1].startswith(f"{share} ({repeated} of 20 in the first split) ")


def test_a_table_without_repeats_gets_no_note_about_them(config, tmp_path):
    (tmp_path / "table.csv").write_text("x,y\n" + "".join(f"{row},{'ab'[row % 2]}\n" for row in range(20)))
    assert len(load(config).notes) == 1


def test_the_options_reach_the_table(config, tmp_path):
    (tmp_path / "test.csv").write_text("x,y,person\n1,a,\n,b,new\n3,a,new\n")
    assert load(replace(config, ignore="person")).features == 1
    dataset = load(replace(config, group="person", test_csv=str(tmp_path / "test.csv"), missing="mean"))
    assert dataset.y_test.tolist() == [1, 0]
    assert np.isnan(dataset.x_test[0, 0])
    assert load(replace(config, target="x", regression=True)).classes is None


def test_without_pandas_reading_a_table_says_what_to_install(config, monkeypatch):
    monkeypatch.setattr("tinygrad_dropout.lab.errors.find_spec", lambda name: None)
    with pytest.raises(LabError, match=r"reading a table .* needs packages that are not installed, pandas: type `pip"):
        load(config)


def test_a_note_gives_the_sizes_that_whole_groups_allow(config):
    dataset = load(replace(config, group="x"))
    split = dataset.split(28, np.random.default_rng(0))
    rows = f"{len(split.y_train)} training rows and {len(split.y_test)} test rows (asked for: 28 and 12)"
    assert f"5 groups stay whole: about {rows}" in dataset.notes


def test_a_target_inferred_to_be_numeric_has_no_labels_to_randomize(config, tmp_path):
    (tmp_path / "table.csv").write_text("x,y\n" + "".join(f"{row},{row / 3}\n" for row in range(20)))
    with pytest.raises(OptionError, match=r"label_noise: expected 0 for a regression, which has no labels, got 0\.1"):
        load(replace(config, label_noise=0.1))
    assert load(config).classes is None


def idx(array):
    """An array of bytes as an IDX file."""
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


@pytest.mark.parametrize("dataset", DATASETS)
def test_own_test_rows_and_generated_data_are_known_from_the_data_sets_name(dataset, tmp_path):
    """Where the words are written, the data are not at hand."""
    images, labels = np.zeros((20, 2, 2), np.uint8), np.arange(20, dtype=np.uint8) % 10
    for part in ("train", "t10k"):
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(idx(images))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx(labels))
    signals = {name: images.reshape(20, 4).astype(np.float32) for name in ("x", "x_test")}
    np.savez(tmp_path / "mnist1d.npz", **signals, y=labels, y_test=labels)
    folder = {"data_dir": str(tmp_path)} if dataset in DATASETS_WITH_FILES else {}
    data = load(Config(dataset=dataset, **folder))
    assert (own_test_rows({"dataset": dataset, "test_csv": None}) is None) == (getattr(data, "x_test", None) is None)
    assert (dataset in GENERATED) == (not isinstance(data, Table))
