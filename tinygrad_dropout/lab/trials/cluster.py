"""Trials run on a Dask cluster: any number of machines, whose workers can come, go and die."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any

from tinygrad_dropout.lab.errors import LabError, WorkerError, require_extras
from tinygrad_dropout.lab.trials.trial import Job, Record, Trial
from tinygrad_dropout.lab.trials.versions import versions

SECONDS_TO_CONNECT = 10
SECONDS_FOR_WORKERS = 30


def run_on_cluster(
    job: Job, trials: Sequence[Trial], address: str, epochs: int, on_epochs: Callable[[int], None]
) -> Generator[Record]:
    """Run the trials on the workers of a cluster, and give each record as soon as it is there.

    Args:
        job, trials: see `Job`.
        address: the scheduler's, such as "tcp://10.0.0.1:8786".
        epochs: how many epochs a trial counts for, since they are not counted while it runs.
        on_epochs: is called with the number of epochs done after each finished trial.

    A trial whose worker dies is run again by another one, up to three times (Dask's `allowed-failures`).

    Raises:
        LabError: no cluster answers there, it has no workers, or they have other versions of what makes the numbers.
        WorkerError: a trial whose workers died every time.
    """
    require_extras(("distributed",), needed_by="running trials on a Dask cluster (--dask)")
    from dask.distributed import Client, KilledWorker, as_completed

    with connected(Client, address) as client:
        check_versions(client, address)
        shared_job = client.submit(unchanged, job, pure=False)  # a task, so that it is made again if its worker dies
        futures = {client.submit(run_on_worker, shared_job, trial, pure=False): trial for trial in trials}
        with client.as_current():
            completed: Iterable[Any] = as_completed(futures)  # type: ignore[no-untyped-call]
        try:
            for done, future in enumerate(completed, start=1):
                try:
                    record = future.result()
                except KilledWorker as error:
                    raise WorkerError(
                        f"the cluster at {address} lost every worker that ran one trial ({futures[future]}): "
                        "they were killed, or have too little memory"
                    ) from error
                on_epochs(done * epochs)
                yield record
        finally:
            client.cancel([shared_job, *futures])


def connected(client: Any, address: str) -> Any:
    """A client of the cluster.

    Raises:
        LabError: nothing answers at this address.
    """
    try:
        return client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise LabError(
            f"dask: expected the address of a Dask scheduler that answers, such as tcp://10.0.0.1:8786, got {address!r}"
        ) from error


def check_versions(client: Any, address: str) -> None:
    """Raise a LabError unless the cluster has workers, all with the versions that this process has."""
    try:
        client.wait_for_workers(1, timeout=SECONDS_FOR_WORKERS)
    except TimeoutError:
        raise LabError(f"dask: expected workers in the cluster at {address}, got none") from None
    wanted = wanted_versions()
    try:
        of_workers = client.run(versions)
    except ModuleNotFoundError as error:
        raise LabError(f"dask: expected the package on every worker of {address}, got {error}") from error
    for worker, found in of_workers.items():
        differing = [f"{name} {found[name]}, not {wanted[name]}" for name in wanted if found[name] != wanted[name]]
        if differing:
            raise LabError(
                f"dask: expected the versions of this machine on worker {worker}, got {'; '.join(differing)}"
            )


def wanted_versions() -> dict[str, str]:
    """Those of this machine."""
    return versions()


def unchanged(job: Job) -> Job:
    """The job, as the result of a task."""
    return job


def run_on_worker(job: Job, trial: Trial) -> Record:
    """Run one trial on a worker of the cluster."""
    return job.run(trial, lambda: None)
