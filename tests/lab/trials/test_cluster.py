"""Trials on a Dask cluster: the same records as here, also when a worker is killed in the middle.

The cluster is on this machine. It takes some seconds, so it is left out unless REQUIRE_DASK=1.
"""

import os
import signal

import pytest

from tests.lab.trials.counting import Counting, Numbers
from tinygrad_dropout.lab import LabError, WorkerError
from tinygrad_dropout.lab.trials import cluster as cluster_module
from tinygrad_dropout.lab.trials import run
from tinygrad_dropout.lab.trials.folder import RESULTS

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


def test_a_killed_worker_costs_no_record(cluster, tmp_path):
    """Both trials of seed 1 kill the worker that runs them, once."""
    outcome = run(Counting(), Numbers(folder=str(tmp_path), kills=1), dask=cluster.scheduler_address)
    assert outcome.records == run(Counting(), Numbers()).records
    begun = [path.name for path in tmp_path.iterdir() if path.name.startswith("odd-1-")]
    assert len(begun) == 2


def test_a_trial_that_kills_every_worker_is_one_sentence(cluster, tmp_path):
    with pytest.raises(WorkerError, match=r"lost every worker that ran one trial \((odd|even), seed 1\)"):
        run(Counting(), Numbers(folder=str(tmp_path), kills=99), dask=cluster.scheduler_address)


class Wrong(Counting):
    def run_trial(self, options, data, trial, after_epoch):
        raise LabError(f"{trial} will not do")


def test_what_is_wrong_on_a_worker_is_said_here(cluster):
    with pytest.raises(LabError, match="will not do"):
        run(Wrong(), Numbers(), dask=cluster.scheduler_address)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "", "tcp://"])
def test_an_address_where_nobody_answers_is_one_sentence(monkeypatch, address):
    monkeypatch.setattr(cluster_module, "SECONDS_TO_CONNECT", 1)
    with pytest.raises(LabError, match="expected the address of a Dask scheduler that answers"):
        run(Counting(), Numbers(), dask=address)


def test_a_cluster_without_workers_is_one_sentence(monkeypatch):
    from dask.distributed import LocalCluster

    monkeypatch.setattr(cluster_module, "SECONDS_FOR_WORKERS", 1)
    with (
        LocalCluster(n_workers=0, dashboard_address=None, silence_logs=50) as empty,
        pytest.raises(LabError, match=r"expected workers in the cluster at .*, got none"),
    ):
        run(Counting(), Numbers(), dask=empty.scheduler_address)


def test_workers_with_other_versions_are_refused_by_name(cluster, monkeypatch):
    monkeypatch.setattr(cluster_module, "wanted_versions", lambda: {"numpy": "9.9"})
    with pytest.raises(LabError, match=r"expected the versions of this machine on worker .*, got numpy .*, not 9\.9"):
        run(Counting(), Numbers(), dask=cluster.scheduler_address)


def test_ctrl_c_keeps_what_is_finished(cluster, tmp_path):
    def interrupt(done, total, finished, trials):
        if finished == 2:
            signal.raise_signal(signal.SIGINT)

    options = Numbers(pause=0.05)
    with pytest.raises(KeyboardInterrupt):
        run(Counting(), options, out=tmp_path, dask=cluster.scheduler_address, progress=interrupt)
    assert (tmp_path / RESULTS).exists()
    assert run(Counting(), options, out=tmp_path).records == run(Counting(), Numbers()).records
