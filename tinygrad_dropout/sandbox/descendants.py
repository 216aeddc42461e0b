"""Finds and ends all processes that a process has started, even those that have left its session."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import sleep

MARK = "TINYGRAD_DROPOUT_SANDBOX"  # an environment variable that every child process inherits
MAX_ROUNDS = 100  # how often to look for processes that started while others were being ended
SECONDS_BETWEEN_LOOKS = 0.005


def end_all(process: subprocess.Popen[bytes], mark: str, is_open: Callable[[], bool]) -> None:
    """End a process, which leads its own session, and everything that it started.

    Args:
        process: the process, which may have ended already.
        mark: the value of `MARK` in its environment. On systems with /proc, such as Linux, it identifies processes that
            have left the session.
        is_open: whether any process can still write to the output, which every child process inherits.
    """
    end_group(process)
    process.wait()
    nothing_found = 0  # times in a row, since a process that forks and ends during a look is missed, as is its child
    for _ in range(MAX_ROUNDS):
        nothing_found += 1
        for number in marked(mark):
            nothing_found = 0
            with suppress(OSError):
                os.kill(number, signal.SIGKILL)
        if nothing_found > 1 and not is_open():
            return
        sleep(SECONDS_BETWEEN_LOOKS)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and all others in its group."""
    with suppress(OSError, AttributeError):  # Windows has no groups
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(OSError):
        process.kill()


def marked(mark: str) -> Iterator[int]:
    """The ids of the living processes that have a mark in their environment."""
    wanted = f"{MARK}={mark}".encode()
    proc = Path("/proc")
    for name in os.listdir(proc) if proc.is_dir() else []:
        if name.isdecimal():
            with suppress(OSError):  # it has just ended, or belongs to another user
                if wanted in (proc / name / "environ").read_bytes().split(b"\0"):
                    yield int(name)


def outlive(process: subprocess.Popen[bytes], mark: str) -> bool:
    """Whether any process that an ended process started is still running."""
    with suppress(OSError, AttributeError):
        os.killpg(process.pid, 0)
        return True
    return any(marked(mark))
