"""A task of an interview, and what the candidate has written so far."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from tinygrad_dropout.drills.grader.own_tests import source_without_tests


@dataclass(frozen=True)
class Task:
    """What the candidate is to do.

    Attributes:
        slug: its name.
        title: of it.
        minutes: how long it takes.
        file: where the answer is written.
        text: where the whole task can be read.
        tests_count: whether the candidate's own tests are scored.
    """

    slug: str
    title: str
    minutes: int
    file: Path
    text: Path
    tests_count: bool = True


def contents(task: Task) -> bytes:
    """What is in the answer's file; nothing if it cannot be read."""
    try:
        return task.file.read_bytes() if task.file.is_file() else b""
    except OSError:
        return b""


def answer_in(task: Task) -> str:
    """What is in the answer's file, without the tests, and laid out alike whether it has some or not."""
    source = contents(task).decode("utf-8-sig", errors="replace")
    try:
        return ast.unparse(ast.parse(source_without_tests(source)))
    except (SyntaxError, ValueError):  # the latter for a null byte, before Python 3.12
        return source
