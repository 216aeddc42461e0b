"""Find and end all processes that a process has started, those among them that left its session too."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import sleep

MARK = "TINYGRAD_DROPOUT_SANDBOX"  # a variable that every process inherits from the one that started it
MOST_ROUNDS = 100  # of looking for processes that were started while others were ended
SECONDS_BETWEEN_LOOKS = 0.005


def end_all(process: subprocess.Popen[bytes], mark: str, is_open: Callable[[], bool]) -> None:
    """End a process, which leads a session of its own, and what it started.

    Args:
        process: that may have ended.
        mark: the value of `MARK` in its environment. Where there is a /proc, as in Linux, what left the session is
            found by it.
        is_open: whether anything can still print into the process's output, which every process inherits.
    """
    end_group(process)
    process.wait()
    nothing_found = 0  # times in a row: one that forks and ends during a look is not seen, nor is its child
    for _ in range(MOST_ROUNDS):
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
    """The numbers of the living processes that have a mark in their environment."""
    wanted = f"{MARK}={mark}".encode()
    proc = Path("/proc")
    for name in os.listdir(proc) if proc.is_dir() else []:
        if name.isdecimal():
            with suppress(OSError):  # it has ended meanwhile, or is another user's
                if wanted in (proc / name / "environ").read_bytes().split(b"\0"):
                    yield int(name)


def outlive(process: subprocess.Popen[bytes], mark: str) -> bool:
    """Whether anything that an ended process started is still there."""
    with suppress(OSError, AttributeError):
        os.killpg(process.pid, 0)
        return True
    return any(marked(mark))
