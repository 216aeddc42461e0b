"""A task of an interview, and what the candidate has written so far."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from tinygrad_dropout.drills.grader.own_tests import source_without_tests


@dataclass(frozen=True)
class Task:
    """A task for the candidate.

    Attributes:
        slug: the name of the exercise or stage.
        title: the title of the exercise or stage.
        minutes: how long it should take.
        file: the file for the answer.
        text: the file with the full task.
        tests_count: whether the candidate's own tests are scored.
    """

    slug: str
    title: str
    minutes: int
    file: Path
    text: Path
    tests_count: bool = True


def contents(task: Task) -> bytes:
    """The content of the answer's file; empty if it cannot be read."""
    try:
        return task.file.read_bytes() if task.file.is_file() else b""
    except OSError:
        return b""


def answer_in(task: Task) -> str:
    """The code in the answer's file without tests, in a normalized layout."""
    source = contents(task).decode("utf-8-sig", errors="replace")
    try:
        return ast.unparse(ast.parse(source_without_tests(source)))
    except (SyntaxError, ValueError):  # ValueError for a null byte, before Python 3.12
        return source
