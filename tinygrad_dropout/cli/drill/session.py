"""What the commands of `drill` and `build` share: the learner's files and progress, and how text is shown."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from rich.console import Console
from rich.markdown import Markdown

from tinygrad_dropout.cli.arguments import complain
from tinygrad_dropout.drills.exercise import DrillError, Exercise, exercises, find
from tinygrad_dropout.drills.grader.result import Grade
from tinygrad_dropout.drills.grader.shown import WIDTH
from tinygrad_dropout.drills.layout import KEPT, narrowed, wrap
from tinygrad_dropout.drills.learner.progress import NotKept, Progress, changing, load, stamp, state_file
from tinygrad_dropout.drills.learner.recommendation import next_exercise
from tinygrad_dropout.drills.learner.workspace import AnswerFolder, Workspace

Folder = TypeVar("Folder", bound=AnswerFolder)


class Session(ABC, Generic[Folder]):
    """One run of a command about exercises.

    Attributes:
        command: the start of the command line, so that the commands shown can be typed as they are.
        state_file: the file that keeps the progress.
        console: where output goes.
    """

    command: str

    def __init__(self) -> None:
        self.state_file = state_file()
        self.console = Console(highlight=False, markup=False, emoji=False)

    def say(self, text: str, kind: str = "") -> None:
        """Print one or more lines, in the color of their kind if the terminal has colors."""
        text = wrap(text, self.console.width) if self.console.is_terminal else text.replace(KEPT, " ")
        style = {"title": "bold", "right": "green", "wrong": "red", "question": "cyan"}.get(kind, "")
        self.console.print(text, style=style, soft_wrap=True)

    @property
    def width(self) -> int:
        """The longest line of text, in characters."""
        return min(WIDTH, self.console.width)

    def show_task(self, exercise: Exercise) -> None:
        """Show the task of an exercise."""
        self.show_markdown(exercise.task)

    def show_markdown(self, text: str) -> None:
        """Show Markdown: formatted in a terminal, unchanged in a pipe."""
        if not self.console.is_terminal:
            self.say(text)
            return
        self.console.print(Markdown(narrowed(text, self.console.width)))

    def progress(self) -> Progress:
        """The progress, to read only."""
        return self.view(load(self.state_file))

    def to_be_hinted(self, exercise: Exercise, grade: Grade) -> Exercise:
        """The exercise that a hint should be about, given this grade."""
        return exercise

    def is_worth_seeing(self, grade: Grade) -> bool:
        """Whether a replay would show the mistake: not if there is no result, because the answer failed before that."""
        return grade.rejection is not None and grade.rejection.claim != ""

    def view(self, progress: Progress) -> Progress:
        """The part of the progress that this command is about."""
        return progress

    @contextmanager
    def changing(self) -> Iterator[Progress]:
        """Give the progress to be changed, and save it afterwards.

        Raises:
            NotKept: the progress could not be saved.
        """
        with changing(self.state_file) as progress:
            yield self.view(progress)

    @contextmanager
    def keeping_if_possible(self) -> Iterator[Progress]:
        """Give the progress to be changed. If it cannot be saved, say so and go on."""
        given = False
        try:
            with changing(self.state_file) as progress:
                given = True
                yield self.view(progress)
        except NotKept as error:
            complain(str(error))
            if not given:
                yield self.progress()

    @property
    @abstractmethod
    def after_solving(self) -> str:
        """The name of the command that says what to do next."""

    @abstractmethod
    def everything(self) -> Sequence[Exercise]:
        """All exercises, in their order."""

    @abstractmethod
    def find(self, name: str) -> Exercise:
        """The exercise that was meant.

        Raises:
            DrillError: no exercise, or more than one, fits the name.
        """

    @abstractmethod
    def keep(self, progress: Progress, exercise: Exercise, grade: Grade, chosen: bool = True) -> None:
        """Record an attempt; `chosen`: whether this becomes the current exercise."""

    @abstractmethod
    def workspace(self, progress: Progress) -> Folder:
        """The learner's folder: the current one, or else the one that `start` made.

        Raises:
            DrillError: there is no such folder.
        """

    @abstractmethod
    def resolve_exercise(self, wanted: str | None, workspace: Folder, progress: Progress) -> Exercise:
        """The exercise that was named, or else the one being worked on."""

    def watched(self, progress: Progress) -> Sequence[Exercise]:
        """The exercises whose files are watched."""
        return self.everything()

    def watched_now(self, exercise: Exercise) -> Exercise:
        """The exercise to check when the file of this one is saved."""
        return exercise

    def agreed(self, question: str) -> bool:
        """Ask a yes-or-no question; returns True for yes."""
        try:
            while (typed := input(wrap(f"{question} [y/N] ", self.width)).strip().lower()) == "?":
                self.say("y for yes; n, or just Enter, for no.")
        except EOFError:
            print()
            return False
        return typed in ("y", "yes")


class DrillSession(Session[Workspace]):
    """One run of `tinygrad-dropout drill`."""

    command = "tinygrad-dropout drill"
    after_solving = "next"

    def everything(self) -> Sequence[Exercise]:
        """All exercises, in their order."""
        return exercises()

    def find(self, name: str) -> Exercise:
        return find(name)

    def keep(self, progress: Progress, exercise: Exercise, grade: Grade, chosen: bool = True) -> None:
        progress.record(exercise.slug, grade, datetime.now(), chosen=chosen)

    def workspace(self, progress: Progress) -> Workspace:
        """The current folder if it holds exercises, or else the one that `start` made.

        Raises:
            DrillError: there is no such folder.
        """
        here = Workspace(Path.cwd())
        if any(here.path(one).exists() for one in exercises()):
            return here
        if not progress.folder:
            raise DrillError("you have no exercises yet: run `tinygrad-dropout drill start`")
        if not Path(progress.folder).is_dir():
            raise DrillError(
                f"your exercises were in {progress.folder}, which no longer exists: run `drill start` again"
            )
        return Workspace(Path(progress.folder))

    def resolve_exercise(self, wanted: str | None, workspace: Workspace, progress: Progress) -> Exercise:
        """The exercise that was named, or else the one saved last or, if later, chosen by `next`."""
        if wanted is not None:
            return self.find(wanted)
        saved = workspace.saved_last()
        current = next((one for one in exercises() if one.slug == progress.current), None)
        if saved and current and progress.chosen:
            when = datetime.fromtimestamp(workspace.path(saved).stat().st_mtime)
            saved = saved if stamp(when) >= progress.chosen else current
        return saved or current or next_exercise(progress, exercises())[0] or exercises()[0]
