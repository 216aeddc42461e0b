"""Run trials on this machine, in this process or in several; the records are the same, bit for bit.

Each worker process has its own pipe and shares no lock. If one is killed, only the trial it was running is lost, and is
run again. (In a pool of the standard library or of joblib, the death of one worker ends them all.)
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache, partial
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for_pipes
from typing import Any

from tinygrad_dropout.lab.errors import WorkerError
from tinygrad_dropout.lab.trials.answers import answer, record_in
from tinygrad_dropout.lab.trials.job import Job
from tinygrad_dropout.lab.trials.trial import Record, Trial
from tinygrad_dropout.sandbox.interrupts import interrupts_noted

MAX_ATTEMPTS = 3  # at one trial, after which the death of its worker is an error
SECONDS_BETWEEN_LOOKS = 0.1


def usable_cores() -> int:
    """The number of cores that this process may use, which can be fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_here(job: Job, trials: Sequence[Trial], on_epochs: Callable[[int], None]) -> Generator[Record]:
    """Run the trials one by one in this process, on one thread as the workers do."""
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
    """Run trials in several worker processes, and yield each record as soon as it is ready.

    Closing the iterator, or an exception in `on_epochs`, ends all workers.
    """
    context = multiprocessing.get_context("spawn")
    shared_job = in_shared_memory(job)
    # Without locks, because a killed worker would never release them: each trial has its own counter.
    epochs, started = context.RawArray("Q", len(trials)), context.RawValue("b", 0)
    waiting = deque(range(len(trials)))
    attempts = [0] * len(trials)
    processes: list[Any] = []
    running: dict[Any, int] = {}  # the index of each running trial, by the pipe to its worker

    def start_worker() -> Connection:
        pipe, its_end = context.Pipe()
        processes.append(context.Process(target=work, args=(its_end, shared_job, epochs, started)))
        with interrupts_blocked():
            processes[-1].start()
        its_end.close()  # so that the pipe closes when the worker ends
        return pipe

    def give_work(pipe: Connection) -> None:
        if waiting:
            place = running[pipe] = waiting.popleft()
            epochs[place] = 0
            attempts[place] += 1
            with suppress(OSError):  # it was killed while idle; reading its answer will show that
                pipe.send((place, trials[place]))

    with interrupts_noted() as interrupts:  # only noted, so that a second one cannot interrupt the code below
        try:
            for _ in range(min(workers, len(trials))):
                give_work(start_worker())
            while running:
                ready: list[Any] = wait_for_pipes(list(running), SECONDS_BETWEEN_LOOKS)
                if interrupts:
                    raise KeyboardInterrupt
                on_epochs(sum(epochs))
                for pipe in ready:
                    place = running.pop(pipe)
                    try:
                        answered = pipe.recv_bytes()
                    except (EOFError, OSError) as died:
                        if attempts[place] == MAX_ATTEMPTS:
                            raise WorkerError(why_it_died(trials[place], bool(started.value))) from died
                        waiting.appendleft(place)
                        give_work(start_worker())
                        continue
                    record = record_in(answered)
                    give_work(pipe)  # before handling the record, so that no worker is idle
                    yield record
        finally:
            for process in processes:
                process.kill()  # it has nothing to lose
            for process in processes:
                process.join()


def why_it_died(trial: Trial, started: bool) -> str:
    """The message about a trial whose workers died every time."""
    died = f"the worker process of one trial ({trial}) died {MAX_ATTEMPTS} times"
    if started:
        return f"{died}: it was killed, or there is not enough memory for this many workers"
    return f'{died} at its start: the calling script may lack `if __name__ == "__main__":`, or come from standard input'


def in_shared_memory(job: Job) -> Any:
    """Pickle the job into memory that a worker process can read.

    The arguments of a new process go through a pipe, which is too small for the data: the next process could start only
    after this one has imported everything and read them.
    """
    pickled = pickle.dumps(job)
    memory = multiprocessing.get_context("spawn").RawArray("B", len(pickled))
    memoryview(memory).cast("B")[:] = pickled
    return memory


@contextmanager
def interrupts_blocked() -> Iterator[None]:
    """Within the context, delay Ctrl-C until its end; processes started within never receive one."""
    if not hasattr(signal, "pthread_sigmask"):  # on Windows
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # otherwise the first process would start it, which unblocks the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def work(pipe: Connection, shared_job: Any, epochs: Any, started: Any) -> None:
    """The main function of a worker process: run the trials from the pipe, and answer each.

    Args:
        pipe: delivers the indices and trials.
        shared_job: the pickled job.
        epochs: shared with the parent: the number of epochs done, for every trial.
        started: shared with the parent: set to 1 once a worker is running.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    started.value = 1
    load_job = cache(
        partial(pickle.loads, shared_job)
    )  # loaded with the first trial, so that an error is answered, too
    with suppress(EOFError, OSError):  # the parent is gone
        while True:
            place, trial = pipe.recv()

            def after_epoch(place: int = place) -> None:
                epochs[place] += 1

            pipe.send_bytes(answer(lambda: load_job().run(trial, after_epoch)))  # noqa: B023


def end_with_parent() -> None:
    """End this worker when its parent is gone; otherwise it would continue its trial."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
