"""Grade an answer in a separate process with limits on time, output and memory: it could run forever, or end its
process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from tinygrad_dropout.drills.bundle import joined, paths_in
from tinygrad_dropout.drills.exercise import DrillError, Exercise
from tinygrad_dropout.drills.grader.result import Grade, Rejection
from tinygrad_dropout.drills.grader.shown import WIDTH
from tinygrad_dropout.drills.stage import Stage
from tinygrad_dropout.sandbox import Bounds, Ended, SandboxError, run

WORK = "tinygrad_dropout.drills.grader.worker"
TIME_LIMIT = 10.0  # seconds
MAX_OUTPUT = 100_000  # bytes
MAX_MEMORY = 2 * 2**30  # bytes of data; Python and NumPy take a twentieth of it


def grade_file(
    exercise: Exercise, path: Path, *, seed: int = 0, time_limit: float = TIME_LIMIT, width: int = WIDTH
) -> Grade:
    """Grade the answer in a file.

    Args:
        exercise: the exercise that it answers.
        path: the learner's file.
        seed: the seed of all inputs.
        time_limit: the time limit in seconds.
        width: the width of the lines that will show the grade, in characters.

    Raises:
        DrillError: the file cannot be read, or the process cannot be started.
    """
    ended = run_answer("grade_answer", exercise, path, seed, width, time_limit=time_limit)
    if ended.why == "returned":
        return replace(Grade.from_json(ended.messages[-1]["grade"]), printed=ended.printed)
    right = tuple(message["right"] for message in ended.messages if "right" in message)
    claims = [message["checking"] for message in ended.messages if "checking" in message]
    claim = claims[-1] if len(claims) > len(right) else ""
    code, message, question = how_it_ended(ended, time_limit)
    return Grade(right, Rejection(code, message, question, claim=claim), printed=ended.printed)


def make_replay(exercise: Exercise, path: Path, page: Path, *, time_limit: float = 3 * TIME_LIMIT) -> str:
    """Write the page of a replay that shows the learner's backward next to the right one.

    Returns:
        What the page shows, in a sentence.

    Raises:
        DrillError: there is nothing to show.
    """
    ended = run_answer("replay_answer", exercise, path, str(page.resolve()), time_limit=time_limit)
    if ended.why != "returned":
        raise DrillError(f"the replay was not made: {how_it_ended(ended, time_limit)[1]}")
    made: dict[str, str] = ended.messages[-1]["page"]
    if "problem" in made:
        raise DrillError(made["problem"])
    return made["shows"]


def run_answer(work: str, exercise: Exercise, path: Path, *arguments: Any, time_limit: float) -> Ended:
    """Run one of the functions in `worker` on an answer."""
    given = [str(exercise.folder), source_of(exercise, path), path.name, *arguments]
    try:
        return run(f"{WORK}:{work}", given, Bounds(time_limit, MAX_OUTPUT, MAX_MEMORY))
    except SandboxError as error:
        raise DrillError(f"{path.name} cannot be run: {error}") from error


def source_of(exercise: Exercise, path: Path) -> str:
    """The text of a learner's file, or of all files of a package, without byte order marks."""
    try:
        if isinstance(exercise, Stage) and path.is_dir():
            texts = {name: source_of(exercise, path / name) for name in paths_in(path)}
            return joined({"__init__.py": "", **texts})
        if path.exists() and not path.is_file():  # reading a pipe could block forever
            raise DrillError(f"{path} cannot be read: expected a file, got something else")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise DrillError(f"there is no {path}; `{exercise.reset}` writes it again") from error
    except OSError as error:
        raise DrillError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DrillError(f"{path} cannot be read: expected UTF-8, and byte {error.start} is not") from error


def how_it_ended(ended: Ended, time_limit: float) -> tuple[str, str, str]:
    """The code, message and question for a process that ended without a verdict."""
    code, message, question = ENDS[ended.why]
    return code, message.format(seconds=time_limit, most=MAX_OUTPUT, detail=ended.detail), question


#: why the process ended -> code, message, question
ENDS = {
    "time": (
        "never-ends",
        "Your file did not finish within {seconds:g} s and was stopped.",
        "Which loop has no end, or runs far more often than there are elements?",
    ),
    "output": (
        "floods-the-output",
        "Your file printed more than {most:,} characters and was stopped.",
        "Is there a print inside a loop?",
    ),
    "memory": (
        "out-of-memory",
        "Your file needed more memory than there is.",
        "Is an array far larger than its input?",
    ),
    "fork": (
        "forks-and-goes-on",
        "Your file forked, and the child process continued the grading, too.",
        "A child process must end where it was started, with os._exit. Is one needed at all?",
    ),
    "interrupt": (
        "raises-keyboard-interrupt",
        "Your file raised KeyboardInterrupt ({detail}), although Ctrl-C was not pressed.",
        "Raise an exception that explains what is wrong.",
    ),
    "raised": ("raises", "Your answer, when the grader ran it, raised {detail}.", ""),
    "exit": (
        "ends-the-process",
        "Your file ended the process in which it was graded ({detail}).",
        "Return a value instead.",
    ),
}
