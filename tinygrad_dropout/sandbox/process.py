"""Start a process for someone else's code, stop it at its bounds, and say how it ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any, Literal

from tinygrad_dropout.sandbox import messages
from tinygrad_dropout.sandbox.descendants import MARK, end_all, outlive
from tinygrad_dropout.sandbox.interrupts import interrupts_noted
from tinygrad_dropout.sandbox.output import Output

PACKAGES = Path(__file__).parent.parent.parent  # the folder that holds tinygrad_dropout
SECONDS_BETWEEN_LOOKS = 0.02
SECONDS_FOR_COPIES = 0.5  # how long a forked child that outlives its parent is given to come back

Why = Literal["returned", "time", "output", "memory", "fork", "interrupt", "raised", "exit"]
WRITTEN: tuple[Literal["returned", "memory", "interrupt", "raised"], ...] = (
    "returned",
    "memory",
    "interrupt",
    "raised",
)
MESSAGES, REQUEST = "messages", "request"  # files in the scratch folder


class SandboxError(Exception):
    """The process could not be run, because of the system rather than of the code; the message is one sentence."""


@dataclass(frozen=True)
class Bounds:
    """What a process may use.

    Attributes:
        seconds: until it must have ended, its start included.
        output: bytes that it may print.
        memory: bytes of data that it may hold. Not every system has such a limit.
    """

    seconds: float
    output: int
    memory: int


@dataclass(frozen=True)
class Ended:
    """How a process ended.

    Attributes:
        why: "returned": the work was done. "time", "output", "memory": it needed more than its bounds allow. "fork": it
            forked, and the child went on with the work, too. "interrupt": it raised KeyboardInterrupt, which no user
            caused. "raised": it raised something else. "exit": it ended the process.
        detail: of "exit" and "memory", the exit code, the signal or the exception; of "interrupt", the place; of
            "raised", the exception.
        printed: what it printed, the standard output and the standard error in one; printable.
        messages: what the work said before the end, in order; every text in them is printable.
    """

    why: Why
    detail: str
    printed: str
    messages: list[dict[str, Any]]


def run(
    work: str,
    arguments: list[Any],
    bounds: Bounds,
    *,
    here: bool = False,
    on_line: Callable[[str], None] | None = None,
) -> Ended:
    """Run a function in a process of its own, and end all that it started.

    Args:
        work: `package.module:function`, called as `function(say, *arguments)`. It runs someone else's code, and calls
            `say(key=value, ...)` with whatever is to be known outside.
        arguments: values that JSON can hold.
        bounds: what the process may use.
        here: whether it works in the current folder; else it does so in an empty one that is deleted afterwards.
        on_line: called, in another thread, with every line that the process prints, made printable.

    Returns:
        Ended: how it ended, and what it said before.

    Raises:
        SandboxError: the system lacks something that is needed to run it.
        KeyboardInterrupt: Ctrl-C was pressed; nothing is left running.
    """
    with interrupts_noted() as interrupts, scratch_folder() as scratch:
        write_request(scratch, work, arguments, bounds.memory, here)
        process = start(scratch)
        assert process.stdout is not None, "a pipe was asked for"
        output = Output(process.stdout, bounds.output, on_line)
        try:
            in_time = wait(process, bounds.seconds, lambda: bool(interrupts) or output.flooded)
            if not interrupts:
                wait_for_copies(process, output, scratch)
        finally:
            end_all(process, scratch.name, output.is_open)
        printed = output.text()
        said, events = messages.read(scratch / MESSAGES)
        why, detail = why_it_ended(events, process.returncode, in_time, output.flooded)
        if why == "exit" and not interrupts:
            refuse_to_blame(process.returncode, "began" in events, printed, scratch)
        return Ended(why, detail, printed, said)


def wait(process: subprocess.Popen[bytes], seconds: float, stopped: Callable[[], bool]) -> bool:
    """Wait until a process ends, or `stopped` says that it must; returns whether it took no longer than `seconds`."""
    deadline = monotonic() + seconds
    while process.poll() is None and not stopped():
        if monotonic() > deadline:
            return False
        with suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_BETWEEN_LOOKS)
    return True


def wait_for_copies(process: subprocess.Popen[bytes], output: Output, scratch: Path) -> None:
    """When a process has ended, give forked children that outlive it some time to come back and so to be noticed."""
    deadline = monotonic() + SECONDS_FOR_COPIES
    while process.poll() is not None and (output.is_open(SECONDS_BETWEEN_LOOKS) or outlive(process, scratch.name)):
        if "fork" in messages.read(scratch / MESSAGES)[1] or monotonic() > deadline:
            return
        sleep(SECONDS_BETWEEN_LOOKS)


def why_it_ended(events: dict[str, str], code: int, in_time: bool, flooded: bool) -> tuple[Why, str]:
    """Why a process ended, and the detail: what it wrote about that comes before what was seen of it from outside."""
    if "fork" in events:
        return "fork", ""
    if flooded:
        return "output", ""
    for why in WRITTEN:
        if why in events:
            return why, events[why]
    if not in_time:
        return "time", ""
    if code == -9 and "began" in events:  # SIGKILL, which only a system that is short of memory sends unasked
        return "memory", exit_in_words(code)
    return "exit", exit_in_words(code)


def refuse_to_blame(code: int, began: bool, printed: str, scratch: Path) -> None:
    """Raise SandboxError if what ended the process was not the code that it ran."""
    if code == messages.CANNOT_WRITE and (problem := messages.why_not_writable(scratch / MESSAGES)):
        raise SandboxError(f"what is found cannot be written to {scratch}: {problem}")
    if not began:
        last = printed.rpartition("\n")[2] or exit_in_words(code)
        raise SandboxError(f"the process for it ended before it began: {last}")


def exit_in_words(code: int) -> str:
    """`exit code 3`, or `ended by SIGSEGV`."""
    try:
        return f"ended by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    except ValueError:
        return f"ended by signal {-code}"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for this run alone, deleted afterwards."""
    try:
        folder = TemporaryDirectory(prefix="tinygrad-dropout-", ignore_cleanup_errors=True)
    except OSError as error:
        raise SandboxError(f"no folder for temporary files can be made: {error.strerror}") from error
    with folder as name:
        yield Path(name).absolute()


def write_request(scratch: Path, work: str, arguments: list[Any], memory: int, here: bool) -> None:
    """Write what the process is to do into a file, where `worker` looks for it."""
    inside = scratch / "folder"
    try:
        inside.mkdir()
        request = {
            "work": work,
            "arguments": arguments,
            "memory": memory,
            "folder": os.getcwd() if here else str(inside),
            "path": [os.path.abspath(entry) for entry in sys.path if entry],
            "parent": os.getpid(),
        }
        (scratch / REQUEST).write_text(json.dumps(request), encoding="utf-8")
    except OSError as error:
        raise SandboxError(f"the process for it cannot be prepared: {error.strerror}") from error


def start(scratch: Path) -> subprocess.Popen[bytes]:
    """Start the process, in a session of its own, where Ctrl-C does not reach it."""
    try:
        environment = {
            **os.environ,
            **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
            "PYTHONPATH": os.pathsep.join([str(PACKAGES), *python_path()]),
            "PYTHONIOENCODING": "utf-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            MARK: scratch.name,
        }
        return subprocess.Popen(
            [sys.executable, "-u", "-m", "tinygrad_dropout.sandbox.worker", str(scratch)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=scratch,  # so that no file of the user's is imported for one of Python's
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxError(f"no process can be started for it: {error.strerror}") from error


def python_path() -> list[str]:
    """The entries of PYTHONPATH, which may be meant from the current folder."""
    entries = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    return [os.path.abspath(entry) for entry in entries]
