"""The whole comparison through the library: what is written, gone on with, refused, and kept after Ctrl-C."""

import errno
import json
import os

import pytest

from tests.lab.small import small_config
from tinygrad_dropout.lab import Interrupted, LabError, OptionError, compare, experiment, results, training
from tinygrad_dropout.lab.pair import run_pair


@pytest.fixture
def no_training(monkeypatch):
    """From here on, training anything is an error."""

    def run_pairs(config, dataset, seeds, workers, on_epochs):
        assert not seeds, f"trained {seeds}"
        yield from ()

    return lambda: monkeypatch.setattr(experiment, "run_pairs", run_pairs)


def interrupt_after(monkeypatch, pairs):
    """Ctrl-C, after so many finished pairs."""

    def run_pairs(config, dataset, seeds, workers, on_epochs):
        yield from (run_pair(config, dataset, seed, lambda: None) for seed in seeds[:pairs])
        raise KeyboardInterrupt

    monkeypatch.setattr(experiment, "run_pairs", run_pairs)


def test_results_hold_what_was_asked_for_and_what_came_out(tmp_path):
    compare(small_config(seeds=3), out=tmp_path)
    written = json.loads((tmp_path / "results.json").read_text())

    assert list(written) == ["config", "versions", "pairs", "summary"]
    assert written["config"]["dataset"] == "moons"
    assert written["config"]["hidden"] == [8]
    assert written["config"]["learning_rate"] == 0.001
    assert written["versions"].keys() == {"tinygrad_dropout", "python", "numpy", "scipy", "scikit-learn"}
    assert [pair["seed"] for pair in written["pairs"]] == [0, 1, 2]
    assert all(len(pair[arm]) == 2 for pair in written["pairs"] for arm in ("without", "with"))
    assert sorted(os.listdir(tmp_path)) == ["comparison.png", "learning_curves.png", "results.json"]


def test_summary_is_the_mean_over_the_pairs_at_the_last_epoch(tmp_path):
    comparison = compare(small_config(seeds=3))
    summary = comparison.summary
    for arm in ("without", "with"):
        for measure, value in summary[arm].items():
            assert value == pytest.approx(sum(pair[arm][-1][measure] for pair in comparison.pairs) / 3)
    points = 100 * (summary["with"]["test_accuracy"] - summary["without"]["test_accuracy"])
    assert summary["difference"]["mean"] == pytest.approx(points)
    assert summary["difference"]["low"] <= points <= summary["difference"]["high"]
    assert summary["verdict"] == comparison.difference.verdict
    assert summary["pairs"] == 3


def test_the_train_size_that_the_data_decide_is_written(tmp_path):
    (tmp_path / "table.csv").write_text("x,y\n" + "".join(f"{row},{row % 2}\n" for row in range(20)))
    config = small_config(dataset=None, csv=str(tmp_path / "table.csv"), target="y", train_size=None)
    options = compare(config).options
    assert (options["dataset"], options["csv"], options["train_size"]) == ("csv", "table.csv", 14)


@pytest.mark.usefixtures("blank_pictures")
def test_a_finished_folder_is_only_read(tmp_path, no_training):
    first = compare(small_config(), out=tmp_path)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    no_training()
    assert compare(small_config(), out=tmp_path, workers=2) == first
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


@pytest.mark.usefixtures("blank_pictures")
def test_a_missing_picture_is_drawn_again_without_training(tmp_path, no_training):
    compare(small_config(), out=tmp_path)
    (tmp_path / "comparison.png").unlink()
    no_training()
    compare(small_config(), out=tmp_path)
    assert (tmp_path / "comparison.png").is_file()


@pytest.fixture
def begun_earlier(tmp_path, monkeypatch):
    """Have a folder made by a version that measured after every epoch."""

    def make(config, pairs):
        with monkeypatch.context() as earlier:
            for module in (training, results):
                earlier.setattr(module, "measured_epochs", lambda epochs: tuple(range(1, epochs + 1)))
            interrupt_after(earlier, pairs)
            with pytest.raises(Interrupted) as interruption:
                compare(config, out=tmp_path)
        return interruption.value.comparison

    return make


@pytest.mark.usefixtures("blank_pictures")
def test_what_an_earlier_version_finished_is_read_and_drawn(tmp_path, begun_earlier, no_training):
    found = begun_earlier(small_config(epochs=30), pairs=2)
    no_training()
    assert compare(small_config(epochs=30), out=tmp_path) == found
    assert [record["epoch"] for record in found.pairs[0]["with"]] == list(range(1, 31))
    assert (tmp_path / "learning_curves.png").is_file()


def test_what_an_earlier_version_began_is_refused_and_stays_as_it_is(tmp_path, begun_earlier, no_training):
    begun_earlier(small_config(epochs=30), pairs=1)
    before = (tmp_path / "results.json").read_bytes()
    no_training()
    with pytest.raises(LabError, match=r"begun by an earlier version.*choose another folder"):
        compare(small_config(epochs=30), out=tmp_path)
    assert (tmp_path / "results.json").read_bytes() == before


@pytest.mark.usefixtures("blank_pictures")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"epochs": 3}, "epochs 2, not 3"),
        ({"seeds": 3}, "seeds 2, not 3"),
        ({"p": 0.1, "hidden": (9,)}, "p 0.5, not 0.1; hidden 8, not 9"),
    ],
)
def test_a_folder_made_with_other_options_is_refused_by_name(tmp_path, no_training, options, words):
    compare(small_config(), out=tmp_path)
    no_training()
    with pytest.raises(LabError, match=rf"was made with other options \({words}\): choose another folder"):
        compare(small_config(**options), out=tmp_path)


@pytest.mark.usefixtures("blank_pictures")
def test_a_table_whose_contents_changed_is_refused(tmp_path, no_training):
    table, folder = tmp_path / "table.csv", tmp_path / "out"
    table.write_text("x,y\n" + "".join(f"{row},{row % 2}\n" for row in range(20)))
    config = small_config(dataset=None, csv=str(table), target="y", train_size=10)
    compare(config, out=folder)
    table.write_text(table.read_text().replace("7,1", "8,1"))
    no_training()
    with pytest.raises(LabError, match=r"other options .data [0-9a-f]{16}, not [0-9a-f]{16}"):
        compare(config, out=folder)


@pytest.mark.parametrize("finished", [0, 1, 2])
def test_an_interrupted_comparison_keeps_its_pairs_and_goes_on_to_the_same_bytes(tmp_path, monkeypatch, finished):
    config = small_config(seeds=3)
    compare(config, out=tmp_path / "whole")

    with monkeypatch.context() as context:
        interrupt_after(context, finished)
        with pytest.raises(Interrupted) as interruption:
            compare(config, out=tmp_path / "parts")
    assert len(interruption.value.comparison.pairs) == finished
    assert (interruption.value.comparison.summary is None) == (finished < 2)
    if finished:
        kept = json.loads((tmp_path / "parts" / "results.json").read_text())
        assert [pair["seed"] for pair in kept["pairs"]] == [0, 1, 2][:finished]

    compare(config, out=tmp_path / "parts")
    for file in ("results.json", "comparison.png", "learning_curves.png"):
        assert (tmp_path / "parts" / file).read_bytes() == (tmp_path / "whole" / file).read_bytes()


def test_a_pair_whose_writing_was_interrupted_is_kept_too(tmp_path, monkeypatch):
    calls = []

    def interrupted_at_the_second_time(descriptor):
        calls.append(descriptor)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted_at_the_second_time)
    with pytest.raises(Interrupted) as interruption:
        compare(small_config(seeds=3), out=tmp_path)
    kept = results.read_results(tmp_path)["pairs"]
    assert [pair["seed"] for pair in kept] == [0, 1]
    assert kept == list(interruption.value.comparison.pairs)


def test_pairs_of_other_versions_are_not_mixed(tmp_path, monkeypatch):
    with monkeypatch.context() as context:
        interrupt_after(context, 1)
        with pytest.raises(Interrupted):
            compare(small_config(), out=tmp_path)
    monkeypatch.setattr(results, "versions", lambda: {"numpy": "9.9"})
    with pytest.raises(LabError, match=r"other versions \(numpy .*, not 9.9"):
        compare(small_config(), out=tmp_path)


def test_a_disk_that_fills_up_keeps_what_was_written(tmp_path, monkeypatch):
    calls = []

    def full_at_the_second_time(descriptor):
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full_at_the_second_time)
    with pytest.raises(LabError, match=r"No space left on device.*what was written before is still there"):
        compare(small_config(), out=tmp_path)
    assert [pair["seed"] for pair in results.read_results(tmp_path)["pairs"]] == [0]


def test_an_unwritable_folder_is_refused_before_training(tmp_path, no_training):
    (tmp_path / "file").touch()
    no_training()
    with pytest.raises(LabError, match="the output folder cannot be written"):
        compare(small_config(), out=tmp_path / "file")


def test_without_a_folder_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    compare(small_config())
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("workers", [0, -1])
def test_no_workers_are_refused(workers):
    with pytest.raises(OptionError, match=f"workers: expected at least 1, got {workers}"):
        compare(small_config(), workers=workers)


def test_progress_counts_the_epochs_of_both_arms_of_all_pairs():
    seen = []
    compare(small_config(seeds=2, epochs=3), progress=lambda *numbers: seen.append(numbers))
    assert [done for done, _, _ in seen] == [*range(1, 13), 12]
    assert {total for _, total, _ in seen} == {12}
    assert [pairs for _, _, pairs in seen] == [0] * 6 + [1] * 6 + [2]
