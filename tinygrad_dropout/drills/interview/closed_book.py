"""Stages 1 and 2 of building a framework, against the clock and from memory: no hints, no checks, no solution."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tinygrad_dropout.drills.bundle import PACKAGE, files_in
from tinygrad_dropout.drills.grader.grade_in_subprocess import source_of
from tinygrad_dropout.drills.grader.own_tests import source_without_tests
from tinygrad_dropout.drills.interview.code_facts import facts
from tinygrad_dropout.drills.interview.interviewed import Interviewed
from tinygrad_dropout.drills.interview.outcome import Outcome
from tinygrad_dropout.drills.interview.own_tests import Score, Subject, run_tests, score_tests
from tinygrad_dropout.drills.interview.questions import Question, choose
from tinygrad_dropout.drills.interview.task import Task, contents
from tinygrad_dropout.drills.interview.tests_in_words import lines_of_run
from tinygrad_dropout.drills.learner.workspace import write
from tinygrad_dropout.drills.stage import Stage, stages

MINUTES = 20
QUESTIONS = 3
SAMPLE = "assert (Value(2) * 3).data == 6"  # an example of a test
TO_WRITE = "class Value:\n    raise NotImplementedError\n"  # the class to test


class ClosedBook(Interviewed[Stage]):
    """An interview about stages 1 and 2.

    Args:
        folder: the folder for the package, which is a single file.
        needs: the arguments of `Interviewed`.
    """

    def __init__(self, folder: Path, **needs: Any) -> None:
        super().__init__(stages()[:2], **needs)
        self.folder, self.file = folder, folder / PACKAGE / "__init__.py"

    def start(self) -> None:
        """Write the tasks and an empty file."""
        for one in self.exercises.values():
            write(self.folder / "tasks" / f"{one.slug}.md", one.task)
        write(self.file, "")

    def tasks(self) -> list[Task]:
        """Both stages, which are answered in the same file."""
        tasks = self.folder / "tasks"
        return [
            Task(one.slug, one.title, one.minutes, self.file, tasks / f"{one.slug}.md")
            for one in self.exercises.values()
        ]

    def run_tests(self, task: Task) -> None:
        source = source_of(self.exercises[task.slug], task.file)
        run = run_tests(source, task.file.name, Subject(TO_WRITE, ""), width=self.width)
        self.show_lines(lines_of_run(run, SAMPLE, self.width))

    def score_tests(self, task: Task) -> Score | None:
        """Score the tests only after the last stage, because they are all in one file."""
        stage = self.exercises[task.slug]
        if stage is not list(self.exercises.values())[-1]:
            return None
        wrong = [(sample.description, flat(sample.source)) for one in self.exercises.values() for sample in one.wrong]
        score = score_tests(source_of(stage, task.file), task.file.name, Subject(TO_WRITE, flat(stage.solution), wrong))
        self.show_score("Your tests", score)
        return score

    def untouched(self, task: Task) -> bool:
        return not contents(task).strip()

    def questions(self, outcome: Outcome) -> list[Question]:
        """Three questions: about the mistakes, about the code, and from the cards on backprop."""
        made = [kind for attempt in outcome.attempts for _, kind in reversed(attempt.mistakes)]
        source = source_without_tests(contents(self.tasks()[0]).decode("utf-8-sig", errors="replace"))
        cards = [card for card in self.cards if card.topic.startswith("backprop")]
        return choose(made, facts(source) if source else set(), [], cards, self.chance, QUESTIONS)


def flat(bundle: str) -> str:
    """Merge the files of a package into one, without their imports from each other."""
    texts = [text for name, text in files_in(bundle).items() if name != "__init__.py"]
    lines = [line for text in texts for line in text.splitlines() if not line.startswith(f"from {PACKAGE}.")]
    return "\n".join(lines) + "\n"
