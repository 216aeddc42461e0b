"""A stage of building your own framework: what the learner's package must do beyond the earlier stages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from tinygrad_dropout.drills.bundle import changed, joined, paths_in, up_to
from tinygrad_dropout.drills.exercise import DrillError, Exercise, Sample, samples

if TYPE_CHECKING:
    from tinygrad_dropout.drills.grader.judge import Judge
    from tinygrad_dropout.drills.grader.result import Rejection

STAGES = Path(__file__).with_name("stages")
FRAMEWORKS = Path(__file__).with_name("frameworks")
REFERENCE = "reference"  # the name of our own package
EMPTY = '"""My framework: every name that a task asks for is imported here, from the file where I wrote it."""\n'


@dataclass(frozen=True)
class Stage(Exercise):
    """One stage. Its answers are whole packages, each as one text: see `bundle`.

    Args:
        folder: `stages/stage_03_tensor`.
    """

    noun: ClassVar[str] = "stage"

    @property
    def number(self) -> int:
        """Its number: 3."""
        return int(self.slug.split("_")[1])

    @property
    def reset(self) -> str:
        """All stages share one package."""
        return "build reset"

    @property
    def starter(self) -> str:
        """The package that a learner starts with, the same for every stage."""
        return joined({"__init__.py": EMPTY})

    @property
    def solution(self) -> str:
        """Our own package after this stage."""
        return joined(framework(REFERENCE, self.number))

    @property
    def wrong(self) -> list[Sample]:
        """Our package, each time with different wrong lines that must be noticed."""
        return self.varied("wrong.diff")

    @property
    def right(self) -> list[Sample]:
        """Packages that others might have written, and our own with different right lines."""
        others = [folder.name for folder in sorted(FRAMEWORKS.iterdir()) if folder.name != REFERENCE]
        whole = [Sample(name, "a whole package", joined(framework(name, self.number))) for name in others]
        return whole + self.varied("right.diff")

    def varied(self, part: str) -> list[Sample]:
        """Our package after each change in a file."""
        if not (self.folder / part).exists():
            return []
        ours = framework(REFERENCE, self.number)
        return [
            Sample(one.name, one.description, joined(changed(ours, one.source))) for one in samples(self.read(part))
        ]

    @property
    def brief(self) -> str:
        """The task on one screen; only the first two stages, which can also be done from memory, have one."""
        return self.read("brief.md")

    @property
    def check(self) -> Callable[[Judge], None]:
        """Grades a package; the earlier stages are graded again."""
        from tinygrad_dropout.drills.grader.stages import check_stages

        return lambda judge: check_stages(judge, stages()[: self.number])

    def is_seen_in_a_replay(self, judge: Judge, rejection: Rejection) -> bool:
        """Whether the mistake in a package is the gradient of one operation, which a replay can show."""
        from tinygrad_dropout.drills.grader.framework_replay import shows_a_mistake

        try:
            if self.layers is not None:
                return rejection.claim.startswith(("the gradient", "what is remembered"))
            return self.bug is not None and shows_a_mistake(self.bug(judge))
        except Exception:  # the package lacks what the replay would show
            return False

    @property
    def asks(self) -> tuple[str, ...]:
        """What must be written in this stage: `Tensor`, `Value.backward`."""
        return tuple(self.checks.ASKS)


@cache
def framework(name: str, stage: int) -> dict[str, str]:
    """The files of one of the packages here after a stage."""
    folder = FRAMEWORKS / name
    return up_to(stage, {path: (folder / path).read_text(encoding="utf-8") for path in paths_in(folder)})


def stages() -> list[Stage]:
    """All ten stages, in order."""
    return [Stage(folder) for folder in sorted(STAGES.iterdir()) if re.match(r"stage_\d\d_", folder.name)]


def find_stage(name: str) -> Stage:
    """Find a stage by its number, its name, or a part of its name.

    Raises:
        DrillError: there is none, or there are several.
    """
    everything = stages()
    if name.isdecimal():
        found = [one for one in everything if one.number == int(name)]
    else:
        found = [one for one in everything if name.lower() in one.slug]
    if len(found) == 1:
        return found[0]
    if found:
        raise DrillError(f"{name!r} fits {', '.join(one.slug for one in found)}: choose one")
    raise DrillError(
        f"there is no stage {name!r}; expected a number from 1 to {len(everything)} or a name that `build list` shows"
    )


def task_at(folder: Path) -> Exercise:
    """The exercise or the stage in a folder."""
    return Stage(folder) if folder.parent == STAGES else Exercise(folder)
