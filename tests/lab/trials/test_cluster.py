"""Trials on a Dask cluster: the same records as on this machine, even if a worker is killed during a trial.

The cluster is on this machine. It takes some seconds, so it is left out unless REQUIRE_DASK=1.
"""

import gc
import os
import signal
import time
import warnings

import pytest
from threadpoolctl import threadpool_info

from tests.lab.trials.counting import Counting, Numbers
from tinygrad_dropout.lab import LabError, WorkerError
from tinygrad_dropout.lab.trials import cluster as cluster_module
from tinygrad_dropout.lab.trials import run
from tinygrad_dropout.lab.trials.folder import RESULTS, Folder
from tinygrad_dropout.lab.trials.versions import versions

if os.environ.get("REQUIRE_DASK") != "1":
    pytest.skip("set REQUIRE_DASK=1 to run on a cluster", allow_module_level=True)

pytestmark = pytest.mark.filterwarnings("ignore")  # of Dask's own, about workers that are killed


@pytest.fixture(scope="module")
def cluster():
    from dask.distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as made:
        yield made


def test_the_records_are_the_same_as_on_this_machine(cluster, tmp_path):
    run(Counting(), Numbers(), out=tmp_path / "cluster", dask=cluster.scheduler_address)
    run(Counting(), Numbers(), out=tmp_path / "here")
    assert (tmp_path / "cluster" / RESULTS).read_bytes() == (tmp_path / "here" / RESULTS).read_bytes()


def test_all_workers_are_used_and_this_process_is_not(cluster, tmp_path):
    run(Counting(), Numbers(folder=str(tmp_path), pause=0.1), dask=cluster.scheduler_address)
    processes = {path.name.split("-")[-1] for path in tmp_path.iterdir()}
    assert len(processes) == 2
    assert str(os.getpid()) not in processes


def test_progress_counts_finished_trials(cluster):
    seen = []
    run(
        Counting(),
        Numbers(seeds=2, epochs=3),
        dask=cluster.scheduler_address,
        progress=lambda *numbers: seen.append(numbers),
    )
    assert [done for done, *_ in seen] == [3, 6, 9, 12, 12]


def test_no_record_is_lost_if_a_worker_is_killed(cluster, tmp_path):
    """Both trials of seed 1 kill the worker that runs them, once."""
    outcome = run(Counting(), Numbers(folder=str(tmp_path), kills=1), dask=cluster.scheduler_address)
    assert outcome.records == run(Counting(), Numbers()).records
    begun = [path.name for path in tmp_path.iterdir() if path.name.startswith("odd-1-")]
    assert len(begun) >= 2  # more, if its result was still on a worker that the other trial kills


def test_a_trial_that_kills_every_worker_is_reported_in_one_sentence(cluster, tmp_path):
    with pytest.raises(WorkerError, match=r"lost every worker that ran one trial \((odd|even), seed 1\)"):
        run(Counting(), Numbers(folder=str(tmp_path), kills=99), dask=cluster.scheduler_address)


class Wrong(Counting):
    def run_trial(self, options, data, trial, after_epoch):
        raise LabError(f"{trial} will not do")


def test_an_error_on_a_worker_is_raised_in_this_process(cluster):
    with pytest.raises(LabError, match="will not do"):
        run(Wrong(), Numbers(), dask=cluster.scheduler_address)


class Leaving(Counting):
    def run_trial(self, options, data, trial, after_epoch):
        raise SystemExit(f"{trial} has left")


def test_no_error_ends_a_worker(cluster):
    """Or else Dask would run the trial again, for ever."""
    with pytest.raises(SystemExit, match="has left"):
        run(Leaving(), Numbers(), dask=cluster.scheduler_address)


class Large(Counting):
    def prepare(self, options, tell):
        return options, "the data" * 2_000_000

    def as_json(self, options, data):
        return super().as_json(options, "the data")


def test_large_data_do_not_cause_a_warning(cluster):
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        run(Large(), Numbers(), dask=cluster.scheduler_address)
    assert [str(one.message) for one in warned if "large graph" in str(one.message)] == []


class Threaded(Counting):
    """Each trial gives the most threads that it has seen; those of seed 0 are the first to end."""

    def run_trial(self, options, data, trial, after_epoch):
        seen = 0
        for _ in range(1 + 5 * trial.seed):
            time.sleep(0.05)
            seen = max(seen, *(one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"))
        return {"value": float(seen)}


def test_trials_in_threads_of_one_worker_run_on_one_thread_each():
    """Set back at the end of one trial, the limit would be gone for the others."""
    from dask.distributed import LocalCluster

    with LocalCluster(
        n_workers=1, threads_per_worker=4, dashboard_address=None, silence_logs=50,
        env=dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "2"),
    ) as threaded:  # fmt: skip
        outcome = run(Threaded(), Numbers(seeds=2), dask=threaded.scheduler_address)
    assert {record["value"] for record in outcome.records} == {1.0}


def test_a_lost_cluster_is_reported_in_one_sentence(tmp_path, caplog):
    from dask.distributed import LocalCluster

    lost = LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=50)

    def lose(done, total, finished, trials):
        if finished == 1:
            lost.close()

    with pytest.raises(LabError, match=r"dask: the cluster at tcp:.* failed: "):
        run(Counting(), Numbers(pause=0.1), out=tmp_path, dask=lost.scheduler_address, progress=lose)
    assert len(Folder(tmp_path).read([Counting()]).records) >= 1
    assert [record for record in caplog.records if record.name == "distributed.client"] == []


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "", "tcp://"])
def test_an_address_that_does_not_answer_is_reported_and_leaves_no_open_client(monkeypatch, address):
    """One that the garbage collector closes may do so while the next one starts, and then both hang."""
    from dask.distributed import Client

    monkeypatch.setattr(cluster_module, "SECONDS_TO_CONNECT", 1)
    with pytest.raises(LabError, match="expected the address of a Dask scheduler that answers"):
        run(Counting(), Numbers(), dask=address)
    assert {one.status for one in gc.get_objects() if isinstance(one, Client)} <= {"closed"}


def test_a_cluster_without_workers_is_reported_in_one_sentence(monkeypatch):
    from dask.distributed import LocalCluster

    monkeypatch.setattr(cluster_module, "SECONDS_FOR_WORKERS", 1)
    with (
        LocalCluster(n_workers=0, dashboard_address=None, silence_logs=50) as empty,
        pytest.raises(LabError, match=r"expected workers in the cluster at .*, got none"),
    ):
        run(Counting(), Numbers(), dask=empty.scheduler_address)


def test_workers_with_other_versions_are_refused_by_name(cluster, monkeypatch):
    monkeypatch.setattr(cluster_module, "versions", lambda: versions() | {"numpy": "9.9"})
    with pytest.raises(LabError, match=r"expected the same versions on a worker of .*, got numpy [\d.]+, not 9\.9$"):
        run(Counting(), Numbers(), dask=cluster.scheduler_address)


def test_a_worker_that_joins_with_other_versions_runs_no_trial(cluster, monkeypatch):
    """Those that are there at the start have been looked at already."""
    monkeypatch.setattr(cluster_module, "check_workers", lambda *given: None)
    test_workers_with_other_versions_are_refused_by_name(cluster, monkeypatch)


class Lacking:
    """A client whose workers lack the package."""

    def wait_for_workers(self, *given, **named): ...

    def run(self, *given):
        raise Exception("No module\nnamed 'tinygrad_dropout'")  # as Dask has it


def test_workers_without_the_package_are_refused():
    """Dask's worker ends when it cannot read a task, and the run would wait for ever."""
    with pytest.raises(LabError, match="expected this version of the package on every worker of there, got No module"):
        cluster_module.check_workers(Lacking(), "there", {})


def test_ctrl_c_keeps_the_finished_trials(cluster, tmp_path):
    def interrupt(done, total, finished, trials):
        if finished == 2:
            signal.raise_signal(signal.SIGINT)

    options = Numbers(pause=0.05)
    with pytest.raises(KeyboardInterrupt):
        run(Counting(), options, out=tmp_path, dask=cluster.scheduler_address, progress=interrupt)
    assert (tmp_path / RESULTS).exists()
    assert run(Counting(), options, out=tmp_path).records == run(Counting(), Numbers()).records
