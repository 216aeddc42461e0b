"""What the commands of `build` share: whose framework it is, and what is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from tinygrad_dropout.cli.drill.session import Session
from tinygrad_dropout.drills.exercise import DrillError, Exercise
from tinygrad_dropout.drills.grader.result import SEEN_IN_A_REPLAY, Grade
from tinygrad_dropout.drills.grader.stages import stage_in, stages_that_hold
from tinygrad_dropout.drills.learner.own_framework import OwnFramework
from tinygrad_dropout.drills.learner.progress import Progress, stamp
from tinygrad_dropout.drills.stage import find_stage, stages


class BuildSession(Session[OwnFramework]):
    """One call of this command."""

    command = "tinygrad-dropout build"

    @property
    def after_solving(self) -> str:
        """The next task; once all stages are done, the page."""
        progress = self.progress()
        return "page" if all(progress.solved(one.slug) for one in self.everything()) else "task"

    def everything(self) -> Sequence[Exercise]:
        return stages()

    def find(self, name: str) -> Exercise:
        return find_stage(name)

    def current(self, progress: Progress) -> Exercise:
        """The first stage that is not done; the last if all are."""
        everything = self.everything()
        return next((one for one in everything if not progress.solved(one.slug)), everything[-1])

    def watched(self, progress: Progress) -> Sequence[Exercise]:
        return [self.current(progress)]

    def watched_now(self, exercise: Exercise) -> Exercise:
        return self.current(self.progress())

    def keep(self, progress: Progress, exercise: Exercise, grade: Grade) -> None:
        """Remember a try; stages before it that were seen to hold are done, too."""
        now = datetime.now()
        for stage in self.everything()[: stages_that_hold(grade)]:
            progress.of(stage.slug)["solved"] = progress.of(stage.slug)["solved"] or stamp(now)
        progress.record(exercise.slug, grade, now, chosen=False)

    def to_be_hinted(self, exercise: Exercise, grade: Grade) -> Exercise:
        """The earlier stage that no longer holds, if that is what is wrong."""
        earlier = stage_in(grade.rejection.claim) if grade.rejection else None
        return self.everything()[earlier - 1] if earlier else exercise

    def is_worth_seeing(self, grade: Grade) -> bool:
        return SEEN_IN_A_REPLAY in grade.notes

    def view(self, progress: Progress) -> Progress:
        own = self.own(progress)
        return progress.of_framework(own.folder) if own else progress

    def own(self, progress: Progress) -> OwnFramework | None:
        """The framework one stands in; else the one of `start`; None if neither is there."""
        started = OwnFramework(Path(progress.build_folder)) if progress.build_folder else None
        return OwnFramework.at(Path.cwd().resolve()) or started

    def workspace(self, progress: Progress) -> OwnFramework:
        own = self.own(progress)
        if own is None:
            raise DrillError("there is no framework yet: type `tinygrad-dropout build start`")
        if not own.folder.is_dir():
            raise DrillError(
                f"your framework was in {own.folder}, which is not there: type `build start FOLDER` with its new one"
            )
        return own

    def resolve_exercise(self, wanted: str | None, workspace: OwnFramework, progress: Progress) -> Exercise:
        return self.current(progress) if wanted is None else self.find(wanted)
