"""Starts a process for untrusted code, stops it at its limits, and reports how it ended."""

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

PACKAGES = Path(__file__).parent.parent.parent  # the folder that contains tinygrad_dropout
SECONDS_BETWEEN_LOOKS = 0.02
SECONDS_FOR_COPIES = 0.5  # how long to wait for a forked child that outlives its parent to return

Why = Literal["returned", "time", "output", "memory", "fork", "interrupt", "raised", "exit"]
WRITTEN: tuple[Literal["returned", "memory", "interrupt", "raised"], ...] = (
    "returned",
    "memory",
    "interrupt",
    "raised",
)
MESSAGES, REQUEST = "messages", "request"  # files in the scratch folder


class SandboxError(Exception):
    """The process could not run because of the system, not because of the code. The message is one sentence."""


@dataclass(frozen=True)
class Bounds:
    """The limits of a process.

    Attributes:
        seconds: its time limit, including its start.
        output: the number of bytes that it may print.
        memory: the number of bytes of data that it may allocate. Not every system has such a limit.
    """

    seconds: float
    output: int
    memory: int


@dataclass(frozen=True)
class Ended:
    """How a process ended.

    Attributes:
        why: "returned": the work was done. "time", "output", "memory": it exceeded a limit. "fork": it forked, and the
            child also continued the work. "interrupt": it raised KeyboardInterrupt, although no user pressed Ctrl-C.
            "raised": it raised another exception. "exit": it ended the process.
        detail: for "exit" and "memory", the exit code, the signal or the exception; for "interrupt", the place; for
            "raised", the exception.
        printed: its standard output and standard error together, made printable.
        messages: the messages that the work sent, in order; every text in them is printable.
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
    """Run a function in a separate process, and end every process that it started.

    Args:
        work: `package.module:function`, called as `function(say, *arguments)`. It runs untrusted code, and calls
            `say(key=value, ...)` to send messages.
        arguments: values that JSON can represent.
        bounds: the limits of the process.
        here: whether to run in the current folder; otherwise it runs in an empty folder that is deleted afterward.
        on_line: called in another thread with every line that the process prints, made printable.

    Returns:
        Ended: how it ended, and the messages that it sent.

    Raises:
        SandboxError: the system cannot run the process.
        KeyboardInterrupt: Ctrl-C was pressed; no process is left running.
    """
    with interrupts_noted() as interrupts, scratch_folder() as scratch:
        write_request(scratch, work, arguments, bounds.memory, here)
        process = start(scratch)
        assert process.stdout is not None, "stdout is a pipe"
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
    """Wait until a process ends or `stopped` returns True; return whether it took at most `seconds`."""
    deadline = monotonic() + seconds
    while process.poll() is None and not stopped():
        if monotonic() > deadline:
            return False
        with suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_BETWEEN_LOOKS)
    return True


def wait_for_copies(process: subprocess.Popen[bytes], output: Output, scratch: Path) -> None:
    """After a process has ended, give its forked children some time to return, so that they are detected."""
    deadline = monotonic() + SECONDS_FOR_COPIES
    while process.poll() is not None and (output.is_open(SECONDS_BETWEEN_LOOKS) or outlive(process, scratch.name)):
        if "fork" in messages.read(scratch / MESSAGES)[1] or monotonic() > deadline:
            return
        sleep(SECONDS_BETWEEN_LOOKS)


def why_it_ended(events: dict[str, str], code: int, in_time: bool, flooded: bool) -> tuple[Why, str]:
    """Why a process ended, with the detail; what the process itself wrote has priority."""
    if "fork" in events:
        return "fork", ""
    if flooded:
        return "output", ""
    for why in WRITTEN:
        if why in events:
            return why, events[why]
    if not in_time:
        return "time", ""
    if code == -9 and "began" in events:  # SIGKILL, which comes from a system that is short of memory
        return "memory", exit_in_words(code)
    return "exit", exit_in_words(code)


def refuse_to_blame(code: int, began: bool, printed: str, scratch: Path) -> None:
    """Raise SandboxError if something other than the code ended the process."""
    if code == messages.CANNOT_WRITE and (problem := messages.why_not_writable(scratch / MESSAGES)):
        raise SandboxError(f"the results cannot be written to {scratch}: {problem}")
    if not began:
        last = printed.rpartition("\n")[2] or exit_in_words(code)
        raise SandboxError(f"its process ended before the work began: {last}")


def exit_in_words(code: int) -> str:
    """`exit code 3`, or `ended by SIGSEGV`."""
    try:
        return f"ended by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    except ValueError:
        return f"ended by signal {-code}"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A temporary folder for this run, deleted afterward."""
    try:
        folder = TemporaryDirectory(prefix="tinygrad-dropout-", ignore_cleanup_errors=True)
    except OSError as error:
        raise SandboxError(f"no temporary folder can be created: {error.strerror}") from error
    with folder as name:
        yield Path(name).absolute()


def write_request(scratch: Path, work: str, arguments: list[Any], memory: int, here: bool) -> None:
    """Write what the process should do into the file that `worker` reads."""
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
        raise SandboxError(f"its process cannot be prepared: {error.strerror}") from error


def start(scratch: Path) -> subprocess.Popen[bytes]:
    """Start the process in its own session, which Ctrl-C does not reach."""
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
            cwd=scratch,  # so that no user file shadows a module of Python's
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxError(f"its process cannot be started: {error.strerror}") from error


def python_path() -> list[str]:
    """The entries of PYTHONPATH as absolute paths, since they may be relative to the current folder."""
    entries = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    return [os.path.abspath(entry) for entry in entries]
