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

In `framework/` you write a package of your own, in ten stages; the tasks are in `tasks/`. Each stage adds to what is
there: which files you make, and how you write it, is up to you. The names that a task asks for are imported in
`framework/__init__.py`.

    tinygrad-dropout build check        the stage that you are at, and all before it
    tinygrad-dropout build watch        check whenever you save
    tinygrad-dropout build task         what this stage asks
    tinygrad-dropout build hint         three of them, each time the next
    tinygrad-dropout build list         what is done

To try it by hand, start Python in this folder: `from framework import Value`.
"""


class OwnFramework:
    """A folder in which a framework is built.

    Args:
        folder: it need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.package = folder, folder / PACKAGE

    @classmethod
    def at(cls, folder: Path) -> OwnFramework | None:
        """The one that a folder is, or is the package of; None if it is neither."""
        for one in (cls(folder), cls(folder.parent)):
            if (one.package / "__init__.py").exists() and (one.package == folder or one.folder == folder):
                return one
        return None

    def path(self, exercise: Exercise) -> Path:
        """The package, whatever the stage."""
        return self.package

    def mine(self, exercise: Exercise) -> Exercise:
        """The stage: it is the same for all."""
        return exercise

    def start(self) -> bool:
        """Write what is not there yet; returns whether the package was begun."""
        if not (self.folder / "README.md").exists():
            write(self.folder / "README.md", README)
        for stage in stages():
            task = self.folder / "tasks" / f"{stage.slug}.md"
            if not task.exists() or task.read_text(encoding="utf-8", errors="replace").startswith(f"# {stage.title}\n"):
                write(task, stage.task)  # of an older version, or none; what else is there is somebody's own
        if self.package.exists():
            return False
        self.begin()
        return True

    def begin(self) -> None:
        """Write an empty package."""
        for name, text in files_in(stages()[0].starter).items():
            write(self.package / name, text)

    def reset(self, when: datetime) -> Path | None:
        """Begin the package again; returns where the old one is kept, None if there was none."""
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
