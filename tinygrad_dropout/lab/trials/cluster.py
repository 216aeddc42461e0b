"""Run trials on a Dask cluster: any number of machines, whose workers can come, go and die."""

from __future__ import annotations

import logging
import platform
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tinygrad_dropout.lab.errors import LabError, OptionError, WorkerError, require_extras
from tinygrad_dropout.lab.trials.answers import answer, record_in
from tinygrad_dropout.lab.trials.folder import differences_between
from tinygrad_dropout.lab.trials.job import Job
from tinygrad_dropout.lab.trials.trial import Record, Trial
from tinygrad_dropout.lab.trials.versions import versions

SECONDS_TO_CONNECT = 10
SECONDS_FOR_WORKERS = 30


def run_on_cluster(
    job: Job, trials: Sequence[Trial], address: str, epochs: int, on_epochs: Callable[[int], None]
) -> Generator[Record]:
    """Run the trials on the workers of a cluster, and yield each record as soon as it is ready.

    Args:
        job, trials: see `Job`.
        address: the address of the scheduler, such as "tcp://10.0.0.1:8786".
        epochs: the number of epochs that a finished trial counts for.
        on_epochs: called after each finished trial with the number of epochs done.

    If a worker dies, another one runs its trial again, up to three times (Dask's `allowed-failures`).

    Raises:
        LabError: no cluster answers, it has no workers, they have other versions of the packages that matter, or the
            cluster fails otherwise.
        WorkerError: all workers of one trial died.
    """
    require_extras(("distributed",), needed_by="running trials on a Dask cluster (--dask)")
    from dask.distributed import Client, KilledWorker, as_completed

    with quiet(), connected(Client, address) as client:
        made_with = versions()
        check_workers(client, address, made_with)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph")  # only as large as the data, and only once
            shared_job = client.submit(
                return_job, job, pure=False
            )  # a task, so that Dask repeats it if its worker dies
        futures = {client.submit(run_on_worker, shared_job, trial, made_with, pure=False): trial for trial in trials}
        with client.as_current():
            completed: Iterable[Any] = as_completed(futures)  # type: ignore[no-untyped-call]
        try:
            for done, future in enumerate(completed, start=1):
                try:
                    answered = future.result()
                except KilledWorker as error:
                    raise WorkerError(
                        f"the cluster at {address} lost every worker that ran one trial ({futures[future]}): "
                        "they were killed, or have too little memory"
                    ) from error
                except Exception as error:  # Dask's own errors; those of the trial are in its answer
                    raise LabError(f"dask: the cluster at {address} failed: {in_one_line(error)}") from error
                record = record_in(answered)
                on_epochs(done * epochs)
                yield record
        finally:
            client.cancel([shared_job, *futures])


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Dask's client from logging a traceback when it loses the cluster; our LabError says the same."""
    logger = logging.getLogger("distributed.client")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def connected(client: Any, address: str) -> Any:
    """Connect to the cluster; returns a client.

    Raises:
        OptionError: nothing answers at this address.
    """

    class TidyClient(client):  # type: ignore[misc]
        """A client that ends its event loop if it cannot connect.

        The garbage collector could do that while the next client starts, and then both would wait for each other.
        """

        def __init__(self, *arguments: Any, **options: Any) -> None:
            try:
                super().__init__(*arguments, **options)
            except Exception:
                self.__del__()  # does nothing the second time
                raise

    try:
        return TidyClient(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        expected = "the address of a Dask scheduler that answers, such as tcp://10.0.0.1:8786"
        raise OptionError("dask", f"expected {expected}, got {address!r}") from error


def check_workers(client: Any, address: str, made_with: dict[str, str]) -> None:
    """Raise a LabError unless the cluster soon has workers, all with the same package and versions."""
    try:
        client.wait_for_workers(1, timeout=SECONDS_FOR_WORKERS)
    except TimeoutError:
        raise OptionError("dask", f"expected workers in the cluster at {address}, got none") from None
    try:
        client.run(check_versions, made_with)
    except LabError:
        raise
    except Exception as error:  # later, an unreadable task would end a worker silently
        raise LabError(
            f"dask: expected this version of the package on every worker of {address}, got {in_one_line(error)}"
        ) from error


def in_one_line(error: Exception) -> str:
    """Dask's message, or else the name of the error."""
    return " ".join(str(error).split()) or type(error).__name__


def check_versions(made_with: dict[str, str]) -> None:
    """Raise a LabError on a worker whose versions differ from those of the other records."""
    if problem := differences_between(versions(), made_with):
        raise LabError(f"dask: expected the same versions on a worker of {platform.node()}, got {problem}")


def return_job(job: Job) -> Job:
    """The job, as the result of a task."""
    return job


def run_on_worker(job: Job, trial: Trial, made_with: dict[str, str]) -> bytes:
    """Run one trial on a worker of the cluster, which may have joined just now."""
    from threadpoolctl import threadpool_limits

    def run() -> Record:
        check_versions(made_with)
        threadpool_limits(1)  # permanently: resetting it would affect trials in other threads
        return job.run(trial, lambda: None)

    return answer(run)
