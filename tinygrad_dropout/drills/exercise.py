"""An exercise: a folder with its task, starter, solution, checks, hints, and answers that are wrong or right."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from random import Random
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from tinygrad_dropout.drills.interview_text import InterviewText, Question, parsed

if TYPE_CHECKING:
    from tinygrad_dropout.drills.grader.hunt import Hunt
    from tinygrad_dropout.drills.grader.judge import Judge
    from tinygrad_dropout.study import Bug

EXERCISES = Path(__file__).with_name("exercises")
PARTS = (
    "task.md", "interview.md", "promises.md", "hints.md",
    "starter.py", "solution.py", "checks.py", "wrong.py", "right.py",
)  # fmt: skip
GAP = "raise NotImplementedError"  # marks what the learner must write
SEEDS = 3000  # so that no one knows a hunt's bug by its number


class DrillError(Exception):
    """A request cannot be carried out; the message is one sentence."""


@dataclass(frozen=True)
class Sample:
    """A sample answer of an exercise, for testing its grader.

    Attributes:
        name: for a wrong answer, the code with which it must be rejected; otherwise a title.
        description: what is special about it.
        source: the whole file.
    """

    name: str
    description: str
    source: str


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Args:
        folder: `exercises/11_linear_backward`.
        seed: chooses the bug of a bug hunt; all other exercises are the same for every seed.
    """

    folder: Path
    seed: int = 0
    noun: ClassVar[str] = "exercise"  # for messages

    @property
    def slug(self) -> str:
        """`11_linear_backward`: its name everywhere."""
        return self.folder.name

    @property
    def number(self) -> int:
        """Its number: 11."""
        return int(self.slug.partition("_")[0])

    @property
    def reset(self) -> str:
        """The command that writes the starter again: `drill reset 11`."""
        return f"drill reset {self.number}"

    @property
    def title(self) -> str:
        """The task's heading."""
        return self.task.partition("\n")[0].removeprefix("# ").strip()

    def read(self, part: str) -> str:
        """The text of a part."""
        return (self.folder / part).read_text(encoding="utf-8")

    @cached_property
    def task(self) -> str:
        """The task, as Markdown."""
        return self.read("task.md")

    @cached_property
    def interview(self) -> InterviewText:
        """The texts for an interview."""
        return parsed(f"{self.slug}/interview.md", self.read("interview.md"))

    @property
    def brief(self) -> str:
        """The task in an interviewer's words: Markdown that fits a screen of 80 columns."""
        return self.interview.brief

    @property
    def cost(self) -> Question:
        """A question on complexity or memory."""
        return self.interview.cost

    @property
    def tests(self) -> Question:
        """The question how to test it."""
        return self.interview.tests

    @property
    def hunt(self) -> Hunt | None:
        """Its bugs; None if it is not a bug hunt."""
        return getattr(self.checks, "HUNT", None)

    def of(self, source: str) -> Exercise:
        """This exercise for a learner's file: a hunt has the bug in that file."""
        return replace(self, seed=self.hunt.seed_of(source)) if self.hunt else self

    def drawn(self, rng: Random, *, another: bool = False) -> Exercise:
        """This exercise with a random seed; on request, a hunt then has another bug than this one."""
        if self.hunt is None:
            return self
        count = len(self.hunt.plants)
        bug = (self.seed + rng.randrange(1, count) if another else rng.randrange(count)) % count
        return replace(self, seed=count * rng.randrange(SEEDS) + bug)

    @property
    def starter(self) -> str:
        """The file that a learner starts with."""
        text = self.read("starter.py")
        return self.hunt.starter(text, self.seed) if self.hunt else text

    @property
    def solution(self) -> str:
        """The reference answer, with the derivation in its docstring."""
        text = self.read("solution.py")
        return self.hunt.solution(text, self.seed) if self.hunt else text

    @property
    def hints(self) -> list[str]:
        """Three hints: a nudge, the idea, nearly there."""
        text = self.read("hints.md")
        if self.hunt:
            text = text.partition(f"# {self.hunt.plant(self.seed).bug}\n")[2].partition("\n# ")[0]
        return [in_paragraphs(hint) for hint in re.split(r"^## .*$", text, flags=re.MULTILINE)[1:]]

    @property
    def wrong(self) -> list[Sample]:
        """Answers that must be rejected."""
        return samples(self.read("wrong.py"))

    @property
    def right(self) -> list[Sample]:
        """Answers, written differently from the solution, that must pass."""
        return samples(self.read("right.py"))

    @property
    def checks(self) -> ModuleType:
        """The module of its checks."""
        return module_at(self.folder / "checks.py")

    @property
    def check(self) -> Callable[[Judge], None]:
        """Grades an answer."""
        return self.checks.check  # type: ignore[no-any-return]

    @property
    def topic(self) -> str:
        """`backprop` or `dropout`."""
        return str(self.checks.TOPIC)

    @property
    def minutes(self) -> int:
        """How long it takes in an interview."""
        return int(self.checks.MINUTES)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of mistake that it is about, from `mistakes.KINDS`."""
        return tuple(self.checks.KINDS)

    @property
    def refused(self) -> Mapping[str, str]:
        """NumPy names that would be the whole answer -> why they are refused."""
        return getattr(self.checks, "REFUSED", {})

    @property
    def bug(self) -> Callable[[Judge], Bug] | None:
        """Gives the learner's backward instead of an operation's, for the replay; None if the exercise has no such
        backward."""
        return getattr(self.checks, "bug", None)

    @property
    def layers(self) -> Callable[[Judge, float], Any] | None:
        """Gives the forwards of two of the learner's dropout layers, for the replay; None if the exercise has no such
        layers."""
        return getattr(self.checks, "layers", None)

    @property
    def has_replay(self) -> bool:
        """Whether there is a backward to show."""
        return self.bug is not None or self.layers is not None


def in_paragraphs(text: str) -> str:
    """A text with each paragraph in one line, so that it can be wrapped to any width; code does not change."""
    return re.sub(r"(?<=\S)\n(?=\w|[`(])", " ", text.strip())


@cache
def module_at(path: Path) -> ModuleType:
    """The module in a file, loaded once."""
    spec = spec_from_file_location(f"checks_of_{path.parent.name}", path)
    assert spec is not None, "a name that ends in .py has a loader"
    assert spec.loader is not None, "as above"
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def samples(text: str) -> list[Sample]:
    """The answers in a file: the part above the first `# %% name: what it does` is common to all."""
    common, *sections = re.split(r"^# %% ", text, flags=re.MULTILINE)
    found = []
    for section in sections:
        heading, _, source = section.partition("\n")
        name, _, says = heading.partition(": ")
        found.append(Sample(name.strip(), says.strip(), common + source))
    return found


def exercises() -> list[Exercise]:
    """All exercises, in order."""
    return [Exercise(folder) for folder in sorted(EXERCISES.iterdir()) if re.match(r"\d\d_", folder.name)]


def find(name: str) -> Exercise:
    """Find an exercise by its number, its name, a part of its name, or its file.

    Raises:
        DrillError: there is none, or there are several.
    """
    everything = exercises()
    wanted = Path(name).name.removesuffix(".py").removesuffix(".md")
    if wanted.isdecimal():
        found = [one for one in everything if one.number == int(wanted)]
    else:
        found = [one for one in everything if one.slug == wanted] or [one for one in everything if wanted in one.slug]
    if not found:
        raise DrillError(
            f"there is no exercise {name!r}; expected a number from {everything[0].number} to {everything[-1].number} "
            "or a name that `drill list` shows"
        )
    if len(found) > 1:
        raise DrillError(f"{name!r} fits {', '.join(one.slug for one in found)}: choose one")
    return found[0]
