"""An examination in a process of its own, which can be stopped: a layer may never return, or end the process."""

from __future__ import annotations

import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from time import monotonic

from tinygrad_dropout.conformance.adapters import of
from tinygrad_dropout.conformance.check import check_dropout
from tinygrad_dropout.conformance.report import Finding, Report
from tinygrad_dropout.conformance.target import TargetError, load

SECONDS_BETWEEN_LOOKS = 0.05


def check_target(target: str, *, seeds: int, time_limit: float) -> Report:
    """Examine the class that `target` names; the first report with findings, or the last one.

    Args:
        target: `path/to/file.py:ClassName` or `package.module:ClassName`.
        seeds: how many seeds to examine with.
        time_limit: seconds for all of it.

    Raises:
        TargetError: the class is not there.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(target, seeds, sender))
    process.start()
    sender.close()  # so that the end of the process is the end of the pipe
    deadline = monotonic() + time_limit
    try:
        while not receiver.poll(SECONDS_BETWEEN_LOOKS):
            # A process that it started may hold its pipes open after it has ended, so that they tell nothing.
            if not process.is_alive() and not receiver.poll():
                raise EOFError
            if monotonic() > deadline:
                problem = f"the examination was not finished after {time_limit:g} s, and was stopped"
                return Report((Finding("never-returns", problem, "a call that returns"),))
        answer: Report | TargetError = receiver.recv()
    except EOFError:
        process.join()
        problem = f"the layer ended the process that examined it (exit code {process.exitcode})"
        return Report((Finding("ends-the-process", problem, "a call that returns"),))
    finally:
        process.kill()
        process.join()
    if isinstance(answer, TargetError):
        raise answer
    return answer


def work(target: str, seeds: int, sender: Connection) -> None:
    """In the process of its own: send a Report, or the TargetError."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it without a word; the command says what there is to say
    os.dup2(2, 1)  # what the layer prints is no part of the report
    try:
        make = of(load(target))
    except TargetError as error:
        sender.send(error)
        return
    for seed in range(seeds):
        report = check_dropout(make, seed=seed)
        if not report.ok:
            break
    sender.send(report)
