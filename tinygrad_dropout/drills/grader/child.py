"""The process in which an answer runs: `python -m tinygrad_dropout.drills.grader.child`, started by `sandbox`.

It writes what it finds into a file, a line at a time, so that what was seen to hold is known even if it is stopped.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from tinygrad_dropout.drills.exercise import Exercise
from tinygrad_dropout.drills.grader.grading import grade


def main(arguments: list[str]) -> None:
    """Grade, or write a replay.

    Args:
        arguments: the exercise's folder, the answer's file, the name to show for it, the file for the verdict, the
            seed, the memory limit in bytes, and "" or the file for the page of the replay.
    """
    folder, answer, shown_as, verdict, seed, memory, page = arguments
    limit_memory(int(memory))
    exercise, source = Exercise(Path(folder)), Path(answer).read_text(encoding="utf-8")
    with open(verdict, "w", encoding="utf-8") as lines:
        if page:
            from tinygrad_dropout.drills.grader.replay import write_page

            say(lines, page=write_page(exercise, source, shown_as, Path(page)))
        else:
            found = grade(
                exercise,
                source,
                seed=int(seed),
                filename=shown_as,
                hear=lambda event, claim: say(lines, **{event: claim}),
            )
            say(lines, grade=found.as_json())


def say(lines: TextIO, **what: Any) -> None:
    """A line of the verdict."""
    lines.write(json.dumps(what) + "\n")
    lines.flush()


def limit_memory(limit: int) -> None:
    """Where the system has such a limit, more memory than this is a MemoryError."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


if __name__ == "__main__":
    main(sys.argv[1:])
