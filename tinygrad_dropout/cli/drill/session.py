"""What the commands of `drill` share: where the learner's files are, what is known of them, how text is shown."""

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
    """One call of a command about exercises.

    Attributes:
        command: what is typed to make such a call; what is shown can be typed as it stands.
        state_file: where progress is kept.
        console: what is written to.
    """

    command: str

    def __init__(self) -> None:
        self.state_file = state_file()
        self.console = Console(highlight=False, markup=False, emoji=False)

    def say(self, text: str, kind: str = "") -> None:
        """A line or several; in the color of its kind where there are colors."""
        text = wrap(text, self.console.width) if self.console.is_terminal else text.replace(KEPT, " ")
        style = {"title": "bold", "right": "green", "wrong": "red", "question": "cyan"}.get(kind, "")
        self.console.print(text, style=style, soft_wrap=True)

    @property
    def width(self) -> int:
        """Of a line of text."""
        return min(WIDTH, self.console.width)

    def show_task(self, exercise: Exercise) -> None:
        """The task of an exercise."""
        self.show_markdown(exercise.task)

    def show_markdown(self, text: str) -> None:
        """Markdown: laid out in a terminal, as it is in a pipe."""
        if not self.console.is_terminal:
            self.say(text)
            return
        self.console.print(Markdown(narrowed(text, self.console.width)))

    def progress(self) -> Progress:
        """To be read."""
        return self.view(load(self.state_file))

    def to_be_hinted(self, exercise: Exercise, grade: Grade) -> Exercise:
        """Which exercise a hint is about, after this grade."""
        return exercise

    def is_worth_seeing(self, grade: Grade) -> bool:
        """Whether a replay shows what is wrong."""
        return True

    def view(self, progress: Progress) -> Progress:
        """What of the progress this command is about."""
        return progress

    @contextmanager
    def changing(self) -> Iterator[Progress]:
        """Inside, the progress, to be changed.

        Raises:
            NotKept: it could not be written.
        """
        with changing(self.state_file) as progress:
            yield self.view(progress)

    @contextmanager
    def keeping_if_possible(self) -> Iterator[Progress]:
        """Inside, the progress, to be changed; that it cannot be kept is said, and is no reason to show nothing."""
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
        """The command within it that says what to do next."""

    @abstractmethod
    def everything(self) -> Sequence[Exercise]:
        """All exercises, in their order."""

    @abstractmethod
    def find(self, name: str) -> Exercise:
        """The exercise that somebody means.

        Raises:
            DrillError: there is none, or there are several.
        """

    @abstractmethod
    def keep(self, progress: Progress, exercise: Exercise, grade: Grade) -> None:
        """Remember a try."""

    @abstractmethod
    def workspace(self, progress: Progress) -> Folder:
        """The folder one stands in, if it is a learner's; else the one of `start`.

        Raises:
            DrillError: there is none.
        """

    @abstractmethod
    def resolve_exercise(self, wanted: str | None, workspace: Folder, progress: Progress) -> Exercise:
        """The exercise that was typed; else the one that is worked on."""

    def watched(self, progress: Progress) -> Sequence[Exercise]:
        """Those whose files are watched."""
        return self.everything()

    def watched_now(self, exercise: Exercise) -> Exercise:
        """What is to be checked when the file of this exercise was saved."""
        return exercise

    def agreed(self, question: str) -> bool:
        """Whether the answer to a question is yes."""
        try:
            while (typed := input(wrap(f"{question} [y/N] ", self.width)).strip().lower()) == "?":
                self.say("y for yes; n, or just Enter, for no.")
        except EOFError:
            print()
            return False
        return typed in ("y", "yes")


class DrillSession(Session[Workspace]):
    """One call of `tinygrad-dropout drill`."""

    command = "tinygrad-dropout drill"
    after_solving = "next"

    def everything(self) -> Sequence[Exercise]:
        """All exercises, in their order."""
        return exercises()

    def find(self, name: str) -> Exercise:
        return find(name)

    def keep(self, progress: Progress, exercise: Exercise, grade: Grade) -> None:
        progress.record(exercise.slug, grade, datetime.now())

    def workspace(self, progress: Progress) -> Workspace:
        """The folder one stands in, if it holds exercises; else the one of `start`.

        Raises:
            DrillError: there is none.
        """
        here = Workspace(Path.cwd())
        if any(here.path(one).exists() for one in exercises()):
            return here
        if not progress.folder:
            raise DrillError("there are no exercises yet: type `tinygrad-dropout drill start`")
        if not Path(progress.folder).is_dir():
            raise DrillError(f"the exercises were in {progress.folder}, which is not there: type `drill start` again")
        return Workspace(Path(progress.folder))

    def resolve_exercise(self, wanted: str | None, workspace: Workspace, progress: Progress) -> Exercise:
        """The exercise that was typed; else the one that was saved last, or that `next` chose since then."""
        if wanted is not None:
            return self.find(wanted)
        saved = workspace.saved_last()
        current = next((one for one in exercises() if one.slug == progress.current), None)
        if saved and current and progress.chosen:
            when = datetime.fromtimestamp(workspace.path(saved).stat().st_mtime)
            saved = saved if stamp(when) >= progress.chosen else current
        return saved or current or next_exercise(progress, exercises())[0] or exercises()[0]
