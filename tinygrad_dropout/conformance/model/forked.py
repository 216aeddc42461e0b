"""Run something in forked processes, and hear what each has to say, within a time bound."""

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

#: Why nothing can be forked here; "" if it can. On macOS system libraries do not survive a fork.
CANNOT_FORK = "" if hasattr(os, "fork") and sys.platform != "darwin" else "processes are not forked on this system"


def in_children(task: Callable[[int], Any], count: int, seconds: float = SECONDS) -> list[Any] | str:
    """What `task(0)`, `task(1)`, ... return in forked processes, one after the other; or why it is not known.

    Args:
        task: returns something that JSON can hold.
        count: how many processes.
        seconds: in which all must have ended.
    """
    deadline = time.monotonic() + seconds
    told = []
    for number in range(count):
        said = said_by_child(task, number, deadline)
        if said is None:
            return f"one did not finish within {seconds:g} seconds, or ended with an error"
        told.append(json.loads(said))
    return told


def said_by_child(task: Callable[[int], Any], number: int, deadline: float) -> bytes | None:
    """What one child says; None if it ends without a word, or is too late."""
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
    """The child's whole life: it ends here, whatever happens, and by itself if its parent is gone."""
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
    """What is written to a pipe until its end; None if that is nothing, or too late."""
    said = b""
    while True:
        ready, _, _ = select.select([reading], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            return None
        more = os.read(reading, 1 << 16)
        if not more:
            return said if said.endswith(b"\n") else None
        said += more
