"""Worker processes: they give the same records, none is left behind, and little is lost if one dies."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest

from tests.lab.trials.counting import Counting, Numbers
from tinygrad_dropout.lab import LabError, WorkerError
from tinygrad_dropout.lab.trials import Trial
from tinygrad_dropout.lab.trials.job import Job
from tinygrad_dropout.lab.trials.processes import run_here, run_in_processes, usable_cores, why_it_died

TRIALS = [Trial("", arm, seed) for seed in range(3) for arm in ("odd", "even")]


@pytest.fixture(autouse=True)
def workers_without_pytest(monkeypatch):
    """A worker imports the script that was started, which is pytest here and takes as long as all that it needs."""
    main = sys.modules["__main__"]
    monkeypatch.setattr(main, "__spec__", None)
    monkeypatch.delattr(main, "__file__", raising=False)


def job_of(**options):
    return Job(Counting(), Numbers(**options), "the data")


def run(job, trials, workers, on_epochs=lambda done: None):
    if workers == 1:
        return run_here(job, trials, on_epochs)
    return run_in_processes(job, trials, workers, on_epochs)


def in_order(records):
    return sorted(records, key=lambda record: (record["seed"], record["arm"]))


@pytest.mark.parametrize(("workers", "trials"), [(2, TRIALS), (50, TRIALS[:2])])
def test_records_do_not_depend_on_the_number_of_workers(workers, trials):
    alone = list(run_here(job_of(), trials, lambda done: None))
    assert in_order(run_in_processes(job_of(), trials, workers, lambda done: None)) == in_order(alone)


def test_all_workers_are_used(tmp_path):
    list(run(job_of(folder=str(tmp_path), pause=0.2), TRIALS, 2))
    processes = {path.name.split("-")[-1] for path in tmp_path.iterdir()}
    assert len(processes) == 2
    assert str(os.getpid()) not in processes


@pytest.mark.parametrize("workers", [1, 2])
def test_epochs_are_counted_over_all_trials(workers):
    seen = []
    list(run(job_of(epochs=3), TRIALS, workers, seen.append))
    assert seen == sorted(seen)
    assert seen[-1] == 6 * 3


def enough(done):
    raise RuntimeError("enough")


@pytest.mark.parametrize("workers", [1, 2])
def test_closing_returns_only_after_all_workers_have_ended(workers):
    job = job_of(epochs=1_000_000, pause=0.001)  # would take an hour
    with pytest.raises(RuntimeError, match="enough"), closing(run(job, TRIALS, workers, enough)) as records:
        next(records)
    assert multiprocessing.active_children() == []


class Wrong(Counting):
    def run_trial(self, options, data, trial, after_epoch):
        raise LabError(f"{trial} will not do")


def test_an_error_in_a_worker_is_raised_in_this_process():
    with pytest.raises(LabError, match="seed 0 will not do"):
        list(run(Job(Wrong(), None, None), TRIALS, 2))
    assert multiprocessing.active_children() == []


class NeedsTwo(Exception):
    """Can be pickled, but not be read again."""

    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


class Unreadable(Counting):
    def run_trial(self, options, data, trial, after_epoch):
        raise NeedsTwo("this", "that")


class Leaving(Counting):
    def run_trial(self, options, data, trial, after_epoch):
        raise SystemExit("has left")


class Unloadable(Counting):
    def __reduce__(self):
        return os.stat, ("/not/there",)


@pytest.mark.parametrize(
    ("experiment", "error", "place"),
    [
        (Unreadable(), pytest.raises(RuntimeError, match=r"^NeedsTwo: this and that$"), "in run_trial"),
        (Leaving(), pytest.raises(SystemExit, match="has left"), "in run_trial"),
        (Unloadable(), pytest.raises(FileNotFoundError), "in answer"),
    ],
)
def test_any_error_in_a_worker_is_raised_with_its_traceback(experiment, error, place):
    with error as raised:
        list(run_in_processes(Job(experiment, None, None), TRIALS[:1], 2, lambda done: None))
    assert place in str(raised.value.__cause__)


class SlowToDie(Counting):
    """Its worker dies soon after the answer, when it has no work."""

    def run_trial(self, options, data, trial, after_epoch):
        if trial.seed == 0:
            threading.Timer(0.05, os._exit, (1,)).start()
        return super().run_trial(options, data, trial, after_epoch)


def test_no_record_is_lost_if_an_idle_worker_dies():
    def look_late(done):
        time.sleep(0.3 if 0 < done < 3 else 0)

    job = Job(SlowToDie(), Numbers(epochs=1), "the data")
    assert len(list(run(job, TRIALS, 2, look_late))) == len(TRIALS)


def test_closing_does_not_wait_for_the_current_epoch():
    began = time.monotonic()
    with pytest.raises(RuntimeError, match="enough"):
        list(run(job_of(pause=60), TRIALS, 2, enough))
    assert time.monotonic() - began < 30


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL on Windows")
def test_only_the_trial_of_a_killed_worker_is_repeated(tmp_path):
    """Both trials of seed 1 kill their own process twice; each is begun again, and no other trial is."""
    job = job_of(folder=str(tmp_path), kills=2)
    records = list(run(job, TRIALS, 2))
    assert in_order(records) == in_order(run_here(job_of(), TRIALS, lambda done: None))
    begun = sorted(path.name.rsplit("-", 1)[0] for path in tmp_path.iterdir())
    each = {0: 1, 1: 3, 2: 1}
    assert begun == sorted(f"{trial.arm}-{trial.seed}" for trial in TRIALS for _ in range(each[trial.seed]))
    assert multiprocessing.active_children() == []


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL on Windows")
def test_a_trial_whose_workers_die_every_time_is_named_in_one_sentence(tmp_path):
    job = job_of(folder=str(tmp_path), kills=99)
    with pytest.raises(WorkerError, match=r"of one trial \((odd|even), seed 1\) died 3 times: it was killed, or there"):
        list(run(job, TRIALS[2:4], 2))
    assert multiprocessing.active_children() == []


def test_the_main_guard_is_suggested_only_if_the_worker_never_started():
    assert "__name__" in why_it_died(TRIALS[0], started=False)
    assert "__name__" not in why_it_died(TRIALS[0], started=True)


class ReportsBlocking(Counting):
    def run_trial(self, options, data, trial, after_epoch):
        return {"value": signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())}


def workers_that_block_ctrl_c():
    return [record["value"] for record in run(Job(ReportsBlocking(), None, None), TRIALS[:2], 2)]


@pytest.mark.skipif(os.name != "posix", reason="there are no signals to block on Windows")
def test_workers_ignore_ctrl_c_from_the_start():
    """They inherit the blocked signal, so that no worker, not even the first, ever receives Ctrl-C."""
    command = f"from {__name__} import workers_that_block_ctrl_c; print(workers_that_block_ctrl_c())"
    first = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, timeout=60, check=True)
    assert first.stdout == "[True, True]\n"


SPAWNED = type(multiprocessing.get_context("spawn").Process())


@pytest.mark.parametrize(("moment", "times"), [("start", 1), ("kill", 1), ("join", 3), (None, 1), (None, 3)])
def test_no_ctrl_c_is_lost_and_none_leaves_a_worker(monkeypatch, moment, times):
    """It comes when a worker is started, when all are ended, or when progress is shown."""

    def interrupt(*_):
        for _ in range(times):
            signal.raise_signal(signal.SIGINT)

    if moment is not None:
        original = getattr(SPAWNED, moment)
        monkeypatch.setattr(SPAWNED, moment, lambda process: interrupt() or original(process))
    with pytest.raises(KeyboardInterrupt):
        list(run(job_of(), TRIALS[:2], 2, lambda done: None if moment else interrupt()))
    assert multiprocessing.active_children() == []
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_number_of_usable_cores_is_at_least_one():
    assert 1 <= usable_cores() <= os.cpu_count()
