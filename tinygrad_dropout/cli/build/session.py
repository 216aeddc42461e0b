"""What the commands of `build` share: which framework they are about, and its progress."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from tinygrad_dropout.cli.drill.session import Session
from tinygrad_dropout.drills.exercise import DrillError, Exercise
from tinygrad_dropout.drills.grader.result import SEEN_IN_A_REPLAY, Grade
from tinygrad_dropout.drills.grader.stages import count_passing_stages, stage_in
from tinygrad_dropout.drills.learner.own_framework import OwnFramework
from tinygrad_dropout.drills.learner.progress import Progress, stamp
from tinygrad_dropout.drills.stage import find_stage, stages


class BuildSession(Session[OwnFramework]):
    """One run of `tinygrad-dropout build`."""

    command = "tinygrad-dropout build"

    @property
    def after_solving(self) -> str:
        """The command to type next: the next task, or the page after the last stage."""
        progress = self.progress()
        return "page" if all(progress.solved(one.slug) for one in self.everything()) else "task"

    def everything(self) -> Sequence[Exercise]:
        return stages()

    def find(self, name: str) -> Exercise:
        return find_stage(name)

    def current(self, progress: Progress) -> Exercise:
        """The first unfinished stage, or the last stage if all are done."""
        everything = self.everything()
        return next((one for one in everything if not progress.solved(one.slug)), everything[-1])

    def watched(self, progress: Progress) -> Sequence[Exercise]:
        return [self.current(progress)]

    def watched_now(self, exercise: Exercise) -> Exercise:
        return self.current(self.progress())

    def keep(self, progress: Progress, exercise: Exercise, grade: Grade, chosen: bool = True) -> None:
        """Record an attempt. Earlier stages whose checks passed on the way count as done.

        A stage never becomes the current exercise.
        """
        now = datetime.now()
        for stage in self.everything()[: count_passing_stages(grade)]:
            progress.of(stage.slug)["solved"] = progress.of(stage.slug)["solved"] or stamp(now)
        progress.record(exercise.slug, grade, now, chosen=False)

    def to_be_hinted(self, exercise: Exercise, grade: Grade) -> Exercise:
        """The earlier stage that this grade found broken, or else the exercise itself."""
        earlier = stage_in(grade.rejection.claim) if grade.rejection else None
        return self.everything()[earlier - 1] if earlier else exercise

    def is_worth_seeing(self, grade: Grade) -> bool:
        return SEEN_IN_A_REPLAY in grade.notes

    def view(self, progress: Progress) -> Progress:
        own = self.own(progress)
        return progress.of_framework(own.folder) if own else progress

    def own(self, progress: Progress) -> OwnFramework | None:
        """The framework in the current folder, or else the one that `start` made, or else None."""
        started = OwnFramework(Path(progress.build_folder)) if progress.build_folder else None
        return OwnFramework.at(Path.cwd().resolve()) or started

    def workspace(self, progress: Progress) -> OwnFramework:
        own = self.own(progress)
        if own is None:
            raise DrillError("you have no framework yet: run `tinygrad-dropout build start`")
        if not own.folder.is_dir():
            raise DrillError(
                f"your framework was in {own.folder}, which no longer exists: run `build start FOLDER` with its new one"
            )
        return own

    def resolve_exercise(self, wanted: str | None, workspace: OwnFramework, progress: Progress) -> Exercise:
        return self.current(progress) if wanted is None else self.find(wanted)
