"""The learner's folder: a file to edit for each exercise, the tasks, and solutions on request."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from random import Random
from typing import Protocol

from tinygrad_dropout.drills.exercise import DrillError, Exercise, exercises

README = """\
# Drills

Each exercise is a file in this folder, and its task is in `tasks/`. Edit the file, then type:

    tinygrad-dropout drill check        check the file that you saved last (or: check 11)
    tinygrad-dropout drill watch        check whenever you save
    tinygrad-dropout drill hint 11      show the next of its three hints
    tinygrad-dropout drill list         show what is solved
    tinygrad-dropout drill next         show what to do next, and why

Start with 01, or with the topic of your interview. 01 to 16 are about backpropagation, 17 to 25 about dropout. 26 to 33
are bug hunts, where a network trains although it has a bug. From 34 on, it is what interviewers ask about training:
whole networks, normalization, optimizers, attention, evaluation.
"""


class AnswerFolder(Protocol):
    """A folder with a learner's answers: to exercises, or to the stages of a framework.

    Attributes:
        folder: its path.
    """

    folder: Path

    def path(self, exercise: Exercise) -> Path:
        """The file of an exercise, or the package that answers it."""

    def mine(self, exercise: Exercise) -> Exercise:
        """The exercise as the learner has it."""

    def write_solution(self, exercise: Exercise) -> Path:
        """Write the reference solution next to the learner's answer; returns its path."""


class Workspace:
    """A folder of exercises.

    Args:
        folder: its path; it need not exist yet.
        rng: draws the bugs of bug hunts.
        readme: the text for README.md, if there is none yet.
    """

    def __init__(self, folder: Path, rng: Random | None = None, readme: str = README) -> None:
        self.folder, self.rng, self.readme = folder, rng or Random(), readme

    def path(self, exercise: Exercise) -> Path:
        """The file of an exercise."""
        return self.folder / f"{exercise.slug}.py"

    def mine(self, exercise: Exercise) -> Exercise:
        """The exercise with the bug in the learner's file; unchanged if there is no readable file."""
        path = self.path(exercise)
        try:
            return exercise.of(path.read_text(encoding="utf-8-sig")) if path.is_file() else exercise
        except (OSError, UnicodeDecodeError):
            return exercise

    def start(self, chosen: list[Exercise] | None = None) -> tuple[int, int]:
        """Write the tasks and the files that are missing; the learner's files do not change.

        Args:
            chosen: the exercises; all if None.

        Returns:
            How many exercise files were written, and how many existed already.
        """
        chosen = exercises() if chosen is None else chosen
        written = 0
        if not (self.folder / "README.md").exists():
            write(self.folder / "README.md", self.readme)
        for exercise in chosen:
            write(self.folder / "tasks" / f"{exercise.slug}.md", exercise.task)
            if not self.path(exercise).exists():
                write(self.path(exercise), exercise.drawn(self.rng).starter)
                written += 1
        return written, len(chosen) - written

    def untouched(self, exercise: Exercise) -> bool:
        """Whether its file is unchanged, or missing."""
        path = self.path(exercise)
        if not path.exists():
            return True
        try:
            return path.is_file() and path.read_text(encoding="utf-8-sig") == self.mine(exercise).starter
        except (OSError, UnicodeDecodeError):
            return False

    def saved_last(self) -> Exercise | None:
        """The started exercise whose file was saved last."""
        begun = [one for one in exercises() if not self.untouched(one)]
        return max(begun, key=lambda one: self.path(one).stat().st_mtime, default=None)

    def reset(self, exercise: Exercise, when: datetime, *, another: bool = False) -> Path | None:
        """Write the starter again.

        Args:
            exercise: the exercise to reset.
            when: the time, for the name of the old file.
            another: whether a bug hunt gets a different bug.

        Returns:
            Where the old file was moved; None if it was unchanged.
        """
        kept, again = None, self.mine(exercise)
        if another:
            again = again.drawn(self.rng, another=True)
        path = self.path(exercise)
        if not self.untouched(exercise):
            kept = self.folder / "before-reset" / f"{exercise.slug}-{when:%Y%m%d-%H%M%S-%f}.py"
            make_folder(kept.parent)
            try:
                path.replace(kept)
            except OSError as error:
                raise DrillError(f"{path} cannot be moved: {error.strerror}") from error
        write(path, again.starter)
        return kept

    def write_solution(self, exercise: Exercise) -> Path:
        """Write the reference solution next to the learner's file; returns its path."""
        path = self.folder / "solutions" / f"{exercise.slug}.py"
        write(path, self.mine(exercise).solution)
        return path


def make_folder(folder: Path) -> None:
    """Create a folder and its parents."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DrillError(f"the folder {folder} cannot be created: {error.strerror}") from error


def write(path: Path, text: str) -> None:
    """Write a file, and create its folder."""
    make_folder(path.parent)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DrillError(f"{path} cannot be written: {error.strerror}") from error
