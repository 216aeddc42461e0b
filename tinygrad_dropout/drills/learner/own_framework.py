"""The learner's own framework: a folder with the package that they write, the tasks, and our solutions on request."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from tinygrad_dropout.drills.bundle import PACKAGE, files_in
from tinygrad_dropout.drills.exercise import DrillError, Exercise
from tinygrad_dropout.drills.learner.workspace import make_folder, write
from tinygrad_dropout.drills.stage import stages

README = """\
# My framework

You write your own package in `framework/`, in ten stages; the tasks are in `tasks/`. Each stage adds to the earlier
ones. How you write the package, and in which files, is up to you. Import the names that a task asks for in
`framework/__init__.py`.

    tinygrad-dropout build check        check your stage and all earlier ones
    tinygrad-dropout build watch        check whenever you save
    tinygrad-dropout build task         show the task of your stage
    tinygrad-dropout build hint         show the next of its three hints
    tinygrad-dropout build list         show which stages are done

To try it by hand, start Python in this folder: `from framework import Value`.
"""


class OwnFramework:
    """A folder in which a framework is built.

    Args:
        folder: its path; it need not exist yet.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.package = folder, folder / PACKAGE

    @classmethod
    def at(cls, folder: Path) -> OwnFramework | None:
        """The framework in a folder, or whose package is this folder; None if there is none."""
        for one in (cls(folder), cls(folder.parent)):
            if (one.package / "__init__.py").exists() and (one.package == folder or one.folder == folder):
                return one
        return None

    def path(self, exercise: Exercise) -> Path:
        """The package, which is the same for every stage."""
        return self.package

    def mine(self, exercise: Exercise) -> Exercise:
        """The stage, which is the same for every learner."""
        return exercise

    def start(self) -> bool:
        """Write the files that are missing; returns whether the package is new."""
        if not (self.folder / "README.md").exists():
            write(self.folder / "README.md", README)
        for stage in stages():
            task = self.folder / "tasks" / f"{stage.slug}.md"
            if not task.exists() or task.read_text(encoding="utf-8", errors="replace").startswith(f"# {stage.title}\n"):
                write(task, stage.task)  # it is missing, or from an older version; any other file is the learner's own
        if self.package.exists():
            return False
        self.begin()
        return True

    def begin(self) -> None:
        """Write an empty package."""
        for name, text in files_in(stages()[0].starter).items():
            write(self.package / name, text)

    def reset(self, when: datetime) -> Path | None:
        """Start the package again; returns where the old one was moved, None if there was none."""
        if not self.package.exists():
            self.begin()
            return None
        kept = self.folder / "before-reset" / f"{PACKAGE}-{when:%Y%m%d-%H%M%S-%f}"
        make_folder(kept.parent)
        try:
            self.package.replace(kept)
        except OSError as error:
            raise DrillError(f"{self.package} cannot be moved: {error.strerror}") from error
        self.begin()
        return kept

    def write_solution(self, exercise: Exercise) -> Path:
        """Write our own package as it is after a stage; returns its folder."""
        folder = self.folder / "solutions" / exercise.slug / PACKAGE
        for name, text in files_in(exercise.solution).items():
            write(folder / name, text)
        return folder
