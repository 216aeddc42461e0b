"""Grade an answer in a process of its own, with bounds on time, output and memory: it may never end, or end it all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import IO, Any

import tinygrad_dropout
from tinygrad_dropout.drills.exercise import DrillError, Exercise
from tinygrad_dropout.drills.grader.grade import Grade, Rejection

TIME_LIMIT = 10.0  # seconds
MOST_OUTPUT = 100_000  # bytes
MOST_MEMORY = 2 * 2**30  # bytes of address space; Python and NumPy take a sixth of it


@dataclass(frozen=True)
class Ended:
    """How the process ended.

    Attributes:
        code: its exit code; negative for a signal.
        why: "", or the bound that stopped it: "time" or "output".
        printed: the beginning of what it printed.
        lines: of its verdict.
    """

    code: int
    why: str
    printed: str
    lines: list[dict[str, Any]]


def graded(exercise: Exercise, path: Path, *, seed: int = 0, time_limit: float = TIME_LIMIT) -> Grade:
    """Grade the answer in a file.

    Args:
        exercise: that it answers.
        path: the learner's file.
        seed: of all inputs.
        time_limit: seconds.

    Raises:
        DrillError: the file cannot be read.
    """
    ended = run(exercise, path, seed=seed, time_limit=time_limit)
    for line in ended.lines:
        if "grade" in line:
            return replace(Grade.from_json(line["grade"]), printed=ended.printed)
    right = tuple(line["right"] for line in ended.lines if "right" in line)
    claims = [line["checking"] for line in ended.lines if "checking" in line]
    claim = claims[-1] if len(claims) > len(right) else ""
    code, message, think = how_it_ended(ended, time_limit)
    return Grade(right, Rejection(code, message, think, claim=claim), printed=ended.printed)


def replayed(exercise: Exercise, path: Path, page: Path, *, time_limit: float = 3 * TIME_LIMIT) -> str:
    """Write the page of a replay in which the learner's backward stands beside the right one.

    Returns:
        What the page shows, in a sentence.

    Raises:
        DrillError: there is nothing to show.
    """
    ended = run(exercise, path, seed=0, time_limit=time_limit, page=page)
    for line in ended.lines:
        if "page" in line:
            if "problem" in line["page"]:
                raise DrillError(line["page"]["problem"])
            return str(line["page"]["shows"])
    raise DrillError(f"the replay was not made: {how_it_ended(ended, time_limit)[1]}")


def how_it_ended(ended: Ended, time_limit: float) -> tuple[str, str, str]:
    """Code, message and what to think about, of a process that ended without a verdict."""
    if ended.why == "time":
        message = f"Your file was not done after {time_limit:g} s, and was stopped."
        return "never-ends", message, "Which loop has no end, or runs far more often than there are elements?"
    if ended.why == "output":
        message = f"Your file printed more than {MOST_OUTPUT:,} characters, and was stopped."
        return "floods-the-output", message, "Is there a print inside a loop?"
    if "MemoryError" in ended.printed or ended.code == -9:  # SIGKILL: nobody but a system without memory sends it
        return "out-of-memory", "Your file needed more memory than there is.", "Is an array far larger than its input?"
    message = f"Your file ended the process that graded it (exit code {ended.code})."
    return "ends-the-process", message, "Return a value in its place."


def run(exercise: Exercise, path: Path, *, seed: int, time_limit: float, page: Path | None = None) -> Ended:
    """Run the child until it ends, or a bound is reached."""
    try:
        source = path.read_bytes()
        source.decode("utf-8")
    except FileNotFoundError as error:
        raise DrillError(f"there is no {path}; `drill reset {exercise.number}` writes it again") from error
    except OSError as error:
        raise DrillError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DrillError(f"{path} cannot be read: expected UTF-8, and byte {error.start} is not") from error
    with TemporaryDirectory(prefix="drill-", ignore_cleanup_errors=True) as scratch:
        verdict, answer = Path(scratch, "verdict"), Path(scratch, "answer.py")
        answer.write_bytes(source)
        package = Path(tinygrad_dropout.__file__).parent.parent
        paths = [str(package), *filter(None, [os.environ.get("PYTHONPATH")])]
        threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        environment = {
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONIOENCODING": "utf-8",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        arguments = [exercise.folder, answer, path.name, verdict, seed, MOST_MEMORY, page.resolve() if page else ""]
        process = subprocess.Popen(
            [sys.executable, "-m", "tinygrad_dropout.drills.grader.child", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=scratch,  # so that nothing of the learner's folder is imported for something of Python's
            env={**os.environ, **threads, **environment},
            start_new_session=True,  # so that what it starts can be stopped with it
        )
        assert process.stdout is not None, "a pipe was asked for"
        output = Output(process.stdout, lambda: stop(process))
        try:
            process.wait(time_limit)
            why = ""
        except subprocess.TimeoutExpired:
            why = "time"
        finally:
            stop(process)
        output.join(1.0)  # what it started may hold the pipe open
        lines = read_lines(verdict)
        return Ended(process.returncode, "output" if output.flooded else why, output.text, lines)


class Output:
    """Reads what a process prints, up to a bound; then stops the process."""

    def __init__(self, stream: IO[bytes], stop: Any) -> None:
        self.stream, self.stop = stream, stop
        self.kept = b""
        self.flooded = False
        self.thread = Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self) -> None:
        """Until the end, or the bound."""
        with suppress(OSError, ValueError), self.stream:
            while more := os.read(self.stream.fileno(), 65536):
                self.kept = (self.kept + more)[: MOST_OUTPUT + 1]
                if len(self.kept) > MOST_OUTPUT:
                    self.flooded = True
                    self.stop()
                    return

    def join(self, seconds: float) -> None:
        """Wait for the end."""
        self.thread.join(seconds)

    @property
    def text(self) -> str:
        """What was printed."""
        return self.kept.decode("utf-8", errors="replace").strip()


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it started."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def read_lines(verdict: Path) -> list[dict[str, Any]]:
    """What was written before the end; of a line that was cut off, nothing."""
    lines = []
    with suppress(OSError):
        for line in verdict.read_text(encoding="utf-8").splitlines():
            with suppress(json.JSONDecodeError):
                lines.append(json.loads(line))
    return lines
