"""Trials run on this machine, in this process or in several: the records are the same, bit for bit.

Each worker process stands alone, so that one that is killed costs only the trial that it was running, which is run
again. (In a pool, of the standard library or of joblib, the death of one worker ends them all.)
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tinygrad_dropout.lab.errors import WorkerError
from tinygrad_dropout.lab.trials.trial import Job, Record, Trial

MOST_ATTEMPTS = 3  # at one trial, before its workers' deaths are no accident
SECONDS_BETWEEN_LOOKS = 0.1


class Stopped(Exception):
    """Raised in a worker that was told to stop."""


def usable_cores() -> int:
    """The cores that this process may use, which can be fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_here(job: Job, trials: Sequence[Trial], on_epochs: Callable[[int], None]) -> Generator[Record]:
    """Run one trial after the other in this process, on one thread as the workers do."""
    done = 0

    def after_epoch() -> None:
        nonlocal done
        done += 1
        on_epochs(done)

    for trial in trials:
        yield job.run(trial, after_epoch)


def run_in_processes(
    job: Job, trials: Sequence[Trial], workers: int, on_epochs: Callable[[int], None]
) -> Generator[Record]:
    """Run as many trials at once as there are workers, and give each record as soon as it is there.

    Closing the iterator, or an exception in `on_epochs`, ends all workers before it goes on.
    """
    context = multiprocessing.get_context("spawn")
    shared_job = in_shared_memory(job)
    # Without locks, for a worker that is killed would keep them: each trial has a counter of its own.
    epochs, stop, started = context.RawArray("Q", len(trials)), context.RawValue("b", 0), context.RawValue("b", 0)
    waiting = deque(enumerate(trials))
    attempts = [0] * len(trials)
    pools: list[ProcessPoolExecutor] = []
    running: dict[Future[Record], tuple[ProcessPoolExecutor, int, Trial]] = {}

    def start_pool() -> ProcessPoolExecutor:
        pools.append(ProcessPoolExecutor(1, context, start_worker, (shared_job, epochs, stop, started)))
        return pools[-1]

    def give_work(pool: ProcessPoolExecutor) -> None:
        if waiting:
            place, trial = waiting.popleft()
            epochs[place] = 0
            attempts[place] += 1
            with interrupts_blocked():  # the first task starts the process
                running[pool.submit(run_in_worker, place, trial)] = pool, place, trial

    with interrupts_noted() as interrupts:  # raised nowhere, so that nothing below is cut short by a second one
        try:
            for _ in range(min(workers, len(trials))):
                give_work(start_pool())
            while running:
                finished, _ = wait(running, SECONDS_BETWEEN_LOOKS, FIRST_COMPLETED)
                if interrupts:
                    raise KeyboardInterrupt
                on_epochs(sum(epochs))
                for future in finished:
                    pool, place, trial = running.pop(future)
                    try:
                        record = future.result()
                    except BrokenProcessPool as error:
                        if attempts[place] == MOST_ATTEMPTS:
                            raise WorkerError(why_it_died(trial, bool(started.value))) from error
                        waiting.appendleft((place, trial))
                        give_work(start_pool())
                    else:
                        give_work(pool)  # before anything is done about the record, so that no worker idles
                        yield record
        finally:
            stop.value = 1
            for pool in pools:
                pool.shutdown(cancel_futures=True)


def why_it_died(trial: Trial, started: bool) -> str:
    """What to say of a trial whose workers have died every time."""
    died = f"the worker process of one trial ({trial}) died {MOST_ATTEMPTS} times"
    if started:
        return f"{died}: it was killed, or there is not enough memory for so many workers"
    return f'{died} at its start: does the script that called this lack `if __name__ == "__main__":`?'


def in_shared_memory(job: Job) -> Any:
    """The job, pickled, in memory that a worker process can read.

    Arguments of a new process go through a pipe, which holds too little for data: the next process would start only
    when this one has imported everything and reads them.
    """
    pickled = pickle.dumps(job)
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
    """What a worker process keeps between its trials."""

    job: Job
    epochs: Any  # shared with the parent: for every trial, the number of epochs done
    stop: Any  # shared with the parent: 1 when the workers are to end


worker: Worker | None = None  # this process's own, if it is a worker


def start_worker(shared_job: Any, epochs: Any, stop: Any, started: Any) -> None:
    """What a worker process does first."""
    global worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    worker = Worker(pickle.loads(shared_job), epochs, stop)
    started.value = 1


def end_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def run_in_worker(place: int, trial: Trial) -> Record:
    """Run one trial in a worker process, and count its epochs at that place."""
    assert worker is not None, "start_worker runs first"
    job, epochs, stop = worker.job, worker.epochs, worker.stop

    def after_epoch() -> None:
        epochs[place] += 1
        if stop.value:
            raise Stopped

    return job.run(trial, after_epoch)
