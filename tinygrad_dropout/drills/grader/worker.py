"""The functions that grade or replay an answer in the process that `sandbox` starts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tinygrad_dropout.drills.grader.grade_in_process import grade
from tinygrad_dropout.drills.stage import task_at


def grade_answer(say: Callable[..., None], folder: str, source: str, shown_as: str, seed: int, width: int) -> None:
    """Send each claim as `checking` before it is checked and as `right` once it has passed, then the `grade`.

    Args:
        say: sends a message.
        folder: the folder of the exercise.
        source: the text of the answer.
        shown_as: the name of the answer's file.
        seed: the seed of all inputs.
        width: the width of the lines that will show the grade.
    """
    exercise = task_at(Path(folder))
    found = grade(
        exercise,
        source,
        seed=seed,
        filename=shown_as,
        width=width,
        on_claim=lambda event, claim: say(**{event: claim}),
    )
    say(grade=found.as_json())


def replay_answer(say: Callable[..., None], folder: str, source: str, shown_as: str, page: str) -> None:
    """Write the page of a replay, and send what it shows, or the problem."""
    from tinygrad_dropout.drills.grader.replay import write_page

    say(page=write_page(task_at(Path(folder)), source, shown_as, Path(page)))
