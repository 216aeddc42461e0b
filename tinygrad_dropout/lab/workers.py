"""Pairs, trained here or in worker processes: the numbers are the same, bit for bit."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tinygrad_dropout.lab.config import Config
from tinygrad_dropout.lab.datasets import Dataset
from tinygrad_dropout.lab.errors import WorkerError
from tinygrad_dropout.lab.pair import Pair, run_pair

SECONDS_BETWEEN_LOOKS = 0.1


class Stopped(Exception):
    """Raised in a worker that was told to stop."""


def usable_cores() -> int:
    """The cores that this process may use, which can be fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_pairs(
    config: Config,
    dataset: Dataset,
    seeds: Sequence[int],
    workers: int,
    on_epochs: Callable[[int], None],
) -> Generator[Pair]:
    """Train the pairs with these seeds, and give each as soon as it is finished.

    Args:
        config, dataset: see `run_pair`.
        seeds: one for each pair.
        workers: how many processes train at once; 1 trains in this process.
        on_epochs: is called now and then with the number of epochs done so far, over both arms of all pairs.

    Closing the iterator, or an exception in `on_epochs`, ends all workers before it goes on.
    """
    if min(workers, len(seeds)) <= 1:
        return run_here(config, dataset, seeds, on_epochs)
    return run_in_processes(config, dataset, seeds, min(workers, len(seeds)), on_epochs)


def run_here(
    config: Config, dataset: Dataset, seeds: Sequence[int], on_epochs: Callable[[int], None]
) -> Generator[Pair]:
    """Train one pair after the other in this process, on one thread as the workers do."""
    from threadpoolctl import threadpool_limits

    done = 0

    def after_epoch() -> None:
        nonlocal done
        done += 1
        on_epochs(done)

    for seed in seeds:
        with threadpool_limits(1):
            pair = run_pair(config, dataset, seed, after_epoch)
        yield pair


def run_in_processes(
    config: Config, dataset: Dataset, seeds: Sequence[int], workers: int, on_epochs: Callable[[int], None]
) -> Generator[Pair]:
    """Train as many pairs at once as there are workers."""
    context = multiprocessing.get_context("spawn")
    # Without locks, for a worker that is killed would keep them: each pair has a counter of its own.
    epochs, stop = context.RawArray("Q", len(seeds)), context.RawValue("b", 0)
    executor = ProcessPoolExecutor(workers, context, start_worker, (config, in_shared_memory(dataset), epochs, stop))
    with interrupts_noted() as interrupts:  # raised nowhere, so that nothing below is cut short by a second one
        try:
            with interrupts_blocked():
                waiting: set[Future[Pair]] = {executor.submit(run_in_worker, *task) for task in enumerate(seeds)}
            while waiting:
                finished, waiting = wait(waiting, SECONDS_BETWEEN_LOOKS, FIRST_COMPLETED)
                if interrupts:
                    raise KeyboardInterrupt
                on_epochs(sum(epochs))
                for future in finished:
                    yield future.result()
        except BrokenProcessPool as error:
            raise WorkerError(
                "a worker process ended without an answer: it was killed or ran out of memory, or the script that "
                'called compare lacks `if __name__ == "__main__":`'
            ) from error
        finally:
            stop.value = 1
            executor.shutdown(cancel_futures=True)


def in_shared_memory(dataset: Dataset) -> Any:
    """The data, pickled, in memory that a worker process can read.

    Arguments of a new process go through a pipe, which holds too little for the data: the next process would start only
    when this one has imported everything and reads them.
    """
    pickled = pickle.dumps(dataset)
    memory = multiprocessing.get_context("spawn").RawArray("B", len(pickled))
    memoryview(memory).cast("B")[:] = pickled
    return memory


@contextmanager
def interrupts_noted() -> Iterator[list[int]]:
    """Ctrl-C within does nothing but lengthen the list. (In the main thread, and unless it is ignored anyway.)"""
    noted: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is signal.SIG_IGN:
        yield noted
        return
    signal.signal(signal.SIGINT, lambda number, frame: noted.append(number))
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def interrupts_blocked() -> Iterator[None]:
    """Ctrl-C within takes effect at the end; processes started within never see one, from their first moment on."""
    if not hasattr(signal, "pthread_sigmask"):  # on Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass(frozen=True)
class Worker:
    """What a worker process keeps between its pairs."""

    config: Config
    dataset: Dataset
    epochs: Any  # shared with the parent: for every pair, the number of epochs done
    stop: Any  # shared with the parent: 1 when the workers are to end


worker: Worker | None = None  # this process's own, if it is a worker


def start_worker(config: Config, shared_dataset: Any, epochs: Any, stop: Any) -> None:
    """What a worker process does first."""
    global worker
    from threadpoolctl import threadpool_limits

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threadpool_limits(1)
    threading.Thread(target=end_with_parent, daemon=True).start()
    worker = Worker(config, pickle.loads(shared_dataset), epochs, stop)


def end_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def run_in_worker(place: int, seed: int) -> Pair:
    """Train one pair in a worker process, and count its epochs at that place."""
    assert worker is not None, "start_worker runs first"
    epochs, stop = worker.epochs, worker.stop

    def after_epoch() -> None:
        epochs[place] += 1
        if stop.value:
            raise Stopped

    return run_pair(worker.config, worker.dataset, seed, after_epoch)
