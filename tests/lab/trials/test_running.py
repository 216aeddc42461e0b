"""A whole experiment: what is written, resumed, extended, refused, and kept after Ctrl-C or a kill."""

import errno
import json
import multiprocessing
import os
import time
from typing import ClassVar

import pytest

from tests.lab.trials.counting import Counting, Numbers
from tinygrad_dropout.lab import Interrupted, LabError, OptionError
from tinygrad_dropout.lab.trials import Trial, run, running
from tinygrad_dropout.lab.trials.folder import JOURNAL, RESULTS, Folder
from tinygrad_dropout.lab.trials.processes import run_here


class ByProxy(Counting):
    """Counts which trials are run."""

    ran: ClassVar[list[Trial]] = []

    def run_trial(self, options, data, trial, after_epoch):
        self.ran.append(trial)
        return super().run_trial(options, data, trial, after_epoch)


@pytest.fixture
def ran(monkeypatch):
    monkeypatch.setattr(ByProxy, "ran", [])
    return ByProxy.ran


def counted(options=None, **where):
    return run(ByProxy(), options or Numbers(), **where)


@pytest.fixture
def interrupt_after(monkeypatch):
    """Ctrl-C, after so many finished trials."""

    def interrupt(trials):
        def interrupted(job, wanted, on_epochs):
            yield from run_here(job, wanted[:trials], on_epochs)
            raise KeyboardInterrupt

        monkeypatch.setattr(running, "run_here", interrupted)
        return lambda: monkeypatch.setattr(running, "run_here", run_here)

    return interrupt


def test_the_outcome_and_its_file_hold_the_options_and_the_results(tmp_path):
    outcome = counted(out=tmp_path)
    assert outcome.finished
    assert [(record["seed"], record["arm"]) for record in outcome.records] == [
        (seed, arm) for seed in range(3) for arm in ("odd", "even")
    ]
    written = json.loads((tmp_path / RESULTS).read_text())
    assert written["experiment"] == "counting"
    assert written["options"]["seeds"] == 3
    assert written["versions"].keys() == {"tinygrad_dropout", "python", "numpy", "scipy", "scikit-learn"}
    assert written["records"] == list(outcome.records)
    assert written["summary"] == {"sum": pytest.approx(0.6)}
    assert written["notes"] == ["The sum is 0.6."]
    assert sorted(os.listdir(tmp_path)) == [RESULTS, "sum.png"]


def test_notes_are_shown_before_anything_runs(ran):
    notes = []
    counted(tell=lambda note: notes.append((note, len(ran))))
    assert notes == [("nothing was read", 0)]


def test_without_a_folder_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    counted()
    assert os.listdir(tmp_path) == []


def test_a_finished_folder_is_only_read(tmp_path, ran):
    first = counted(out=tmp_path)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    ran.clear()
    assert counted(out=tmp_path, workers=2) == first
    assert ran == []
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_a_missing_picture_is_drawn_again_without_running_anything(tmp_path, ran):
    counted(out=tmp_path)
    (tmp_path / "sum.png").unlink()
    ran.clear()
    counted(out=tmp_path)
    assert ran == []
    assert (tmp_path / "sum.png").is_file()


@pytest.mark.parametrize(
    ("begun", "wanted"),
    [
        (Numbers(seeds=3), Numbers(seeds=5)),
        (Numbers(seeds=2, first_seed=3), Numbers(seeds=5)),
        (Numbers(seeds=2, first_seed=1), Numbers(seeds=4, first_seed=0)),
    ],
)
def test_a_finished_folder_grows_to_the_same_bytes(tmp_path, ran, begun, wanted):
    counted(begun, out=tmp_path / "grown")
    ran.clear()
    grown = counted(wanted, out=tmp_path / "grown")
    old = range(begun.first_seed, begun.first_seed + begun.seeds)
    assert [trial for trial in ran if trial.seed in old] == []
    assert len(ran) == 2 * (wanted.seeds - begun.seeds)
    assert grown == counted(wanted, out=tmp_path / "whole")
    for file in (RESULTS, "sum.png"):
        assert (tmp_path / "grown" / file).read_bytes() == (tmp_path / "whole" / file).read_bytes()


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Numbers(seeds=2), "seeds 3, not 2"),
        (Numbers(seeds=3, first_seed=1), "first_seed 0, not 1"),
        (Numbers(seeds=5, factor=0.5), "factor 0.1, not 0.5"),
        (Numbers(epochs=3, factor=0.5), "factor 0.1, not 0.5; epochs 2, not 3"),
    ],
)
def test_a_folder_made_with_other_options_is_refused_by_name(tmp_path, ran, wanted, words):
    counted(out=tmp_path)
    ran.clear()
    with pytest.raises(LabError, match=rf"was made with other options \({words}\): choose another folder"):
        counted(wanted, out=tmp_path)
    assert ran == []


@pytest.mark.parametrize("finished", range(6))
def test_an_interrupted_run_keeps_its_trials_and_resumes_to_the_same_bytes(tmp_path, ran, interrupt_after, finished):
    counted(out=tmp_path / "whole")
    go_on = interrupt_after(finished)
    with pytest.raises(Interrupted) as interruption:
        counted(out=tmp_path / "parts")
    assert len(interruption.value.outcome.records) == finished
    assert (tmp_path / "parts" / RESULTS).exists() == (finished > 0)

    go_on()
    ran.clear()
    counted(out=tmp_path / "parts")
    assert len(ran) == 6 - finished
    for file in (RESULTS, "sum.png"):
        assert (tmp_path / "parts" / file).read_bytes() == (tmp_path / "whole" / file).read_bytes()


def test_a_record_is_kept_even_if_writing_it_was_interrupted(tmp_path, monkeypatch):
    calls = []

    def interrupted_at_the_second_time(descriptor):
        calls.append(descriptor)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted_at_the_second_time)
    with pytest.raises(Interrupted) as interruption:
        counted(out=tmp_path)
    kept = Folder(tmp_path).read([Counting()]).records
    assert len(kept) >= 1
    assert kept == interruption.value.outcome.records


def test_records_of_other_versions_are_not_mixed(tmp_path, monkeypatch, interrupt_after):
    go_on = interrupt_after(1)
    with pytest.raises(Interrupted):
        counted(out=tmp_path)
    go_on()
    monkeypatch.setattr(running, "versions", lambda: {"numpy": "9.9"})
    with pytest.raises(LabError, match=r"other versions \(numpy .*, not 9.9"):
        counted(out=tmp_path)


def test_a_finished_folder_of_other_versions_is_read_but_does_not_grow(tmp_path, monkeypatch):
    first = counted(out=tmp_path)
    monkeypatch.setattr(running, "versions", lambda: {"numpy": "9.9"})
    assert counted(out=tmp_path) == first
    with pytest.raises(LabError, match="other versions"):
        counted(Numbers(seeds=4), out=tmp_path)


def test_records_written_before_the_disk_filled_up_are_kept(tmp_path, monkeypatch):
    calls, fsync = [], os.fsync

    def full_after_a_while(descriptor):
        calls.append(descriptor)
        if len(calls) > 4:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", full_after_a_while)
    with pytest.raises(LabError, match=r"No space left on device.*earlier results are still there"):
        counted(out=tmp_path)
    assert 1 <= len(Folder(tmp_path).read([Counting()]).records) < 6


def test_an_unwritable_folder_is_refused_before_anything_runs(tmp_path, ran):
    (tmp_path / "file").touch()
    with pytest.raises(LabError, match="the output folder cannot be written"):
        counted(out=tmp_path / "file")
    assert ran == []


@pytest.mark.skipif(os.name != "posix", reason="there are no locks on Windows")
def test_a_folder_that_another_command_is_writing_to_is_refused_before_anything_runs(tmp_path, ran):
    with Folder(tmp_path).owned(), pytest.raises(LabError, match="another command is writing"):
        counted(out=tmp_path)
    assert ran == []


def test_a_record_that_fails_the_check_is_not_kept(tmp_path):
    class Unfair(Counting):
        def run_trial(self, options, data, trial, after_epoch):
            return {"value": float(trial.arm == "odd")}

    with pytest.raises(AssertionError, match="the same here"):
        run(Unfair(), Numbers(), out=tmp_path)
    assert len(Folder(tmp_path).read([Counting()]).records) == 1


@pytest.mark.parametrize("workers", [0, -1])
def test_zero_workers_are_refused(workers):
    with pytest.raises(OptionError, match=f"workers: expected at least 1, got {workers}"):
        counted(workers=workers)


def test_progress_counts_the_epochs_and_the_trials():
    seen = []
    counted(Numbers(seeds=2, epochs=3), progress=lambda *numbers: seen.append(numbers))
    assert [done for done, *_ in seen] == [*range(1, 13), 12]
    assert {(total, trials) for _, total, _, trials in seen} == {(12, 4)}
    assert [finished for _, _, finished, _ in seen] == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3 + [4]


def run_slowly(folder, seeds):
    run(Counting(), Numbers(seeds=seeds, epochs=5, pause=0.01), out=folder, workers=2)


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL on Windows")
def test_a_run_that_is_killed_repeatedly_ends_with_the_same_bytes(tmp_path):
    """Killed twice, each time a little after there is something more to read."""
    for kills in range(2):
        process = multiprocessing.get_context("spawn").Process(target=run_slowly, args=(tmp_path / "killed", 8))
        size = folder_size(tmp_path / "killed")
        process.start()
        while process.is_alive() and folder_size(tmp_path / "killed") == size:
            time.sleep(0.01)
        time.sleep(0.02 * kills)
        process.kill()
        process.join()
        assert process.exitcode == -9
    kept = Folder(tmp_path / "killed").read([Counting()])
    assert 2 <= len(kept.records) < 16
    run_slowly(tmp_path / "killed", 8)
    run(Counting(), Numbers(seeds=8, epochs=5), out=tmp_path / "whole")
    assert sorted(os.listdir(tmp_path / "killed")) == sorted(os.listdir(tmp_path / "whole"))
    for file in (RESULTS, "sum.png"):
        assert (tmp_path / "killed" / file).read_bytes() == (tmp_path / "whole" / file).read_bytes()
    assert not (tmp_path / "killed" / JOURNAL).exists()


def folder_size(folder):
    return sum((folder / file).stat().st_size for file in (RESULTS, JOURNAL) if (folder / file).exists())
