"""Run a function in forked processes and collect its results, within a time limit."""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

SECONDS = 20.0

#: Why processes cannot be forked on this system; "" if they can. On macOS, system libraries do not survive a fork.
CANNOT_FORK = "" if hasattr(os, "fork") and sys.platform != "darwin" else "processes are not forked on this system"


def in_children(task: Callable[[int], Any], count: int, seconds: float = SECONDS) -> list[Any] | str:
    """The results of `task(0)`, `task(1)`, ... in forked processes, one after another; or why there are none.

    Args:
        task: returns something that JSON can represent.
        count: how many processes.
        seconds: the time limit for all of them together.
    """
    deadline = time.monotonic() + seconds
    results = []
    for number in range(count):
        result = read_from_child(task, number, deadline)
        if result is None:
            return f"a process did not finish within {seconds:g} seconds, or ended with an error"
        results.append(json.loads(result))
    return results


def read_from_child(task: Callable[[int], Any], number: int, deadline: float) -> bytes | None:
    """The result of one child, as JSON; None if it ends without one or takes too long."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        run_child(task, number, writing, deadline)
    os.close(writing)
    try:
        return read_all(reading, deadline)
    finally:
        os.close(reading)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def run_child(task: Callable[[int], Any], number: int, writing: int, deadline: float) -> None:
    """Everything that the child does. It never returns, and an alarm ends it if the parent is gone."""
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(int(deadline - time.monotonic()) + 2)
        silence = os.open(os.devnull, os.O_RDWR)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        torch = sys.modules.get("torch")
        if torch is not None:
            torch.set_num_threads(1)  # threads do not survive a fork
        os.write(writing, json.dumps(task(number)).encode() + b"\n")
    finally:
        os._exit(0)


def read_all(reading: int, deadline: float) -> bytes | None:
    """What is written to a pipe until it is closed; None if that is incomplete or takes too long."""
    received = b""
    while True:
        ready, _, _ = select.select([reading], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            return None
        more = os.read(reading, 1 << 16)
        if not more:
            return received if received.endswith(b"\n") else None
        received += more
