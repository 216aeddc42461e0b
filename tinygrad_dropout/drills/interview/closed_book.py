"""Stages 1 and 2 of building a framework, against the clock and from memory: no hints, no checks, no solution."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random

from tinygrad_dropout.drills.bundle import PACKAGE, files_in
from tinygrad_dropout.drills.grader.grade_in_subprocess import source_of
from tinygrad_dropout.drills.grader.own_tests import source_without_tests
from tinygrad_dropout.drills.grader.report import Line
from tinygrad_dropout.drills.grader.result import Grade
from tinygrad_dropout.drills.grader.shown import WIDTH
from tinygrad_dropout.drills.interview.code_facts import facts
from tinygrad_dropout.drills.interview.outcome import Attempt, Outcome
from tinygrad_dropout.drills.interview.own_tests import Score, Subject, run_tests, score_tests
from tinygrad_dropout.drills.interview.questions import Question, choose
from tinygrad_dropout.drills.interview.session import Actions
from tinygrad_dropout.drills.interview.task import Task, contents
from tinygrad_dropout.drills.interview.tests_in_words import lines_of_run, lines_of_score
from tinygrad_dropout.drills.learner.workspace import write
from tinygrad_dropout.drills.quiz.cards import Card
from tinygrad_dropout.drills.stage import Stage, stages

MINUTES = 20
QUESTIONS = 3
SAMPLE = "assert (Value(2) * 3).data == 6"  # what a test may say
TO_WRITE = "class Value:\n    raise NotImplementedError\n"  # the name that tests are about


class ClosedBook:
    """What such a run needs, as `of_exercises.ExerciseInterview` does for exercises.

    Args:
        folder: for the package, which is one file.
        check: grades a stage, and shows the grade.
        show: shows Markdown.
        say: shows a text of a kind.
        cards: to draw questions from.
        chance: draws them.
        width: of a line, in characters.
    """

    def __init__(
        self,
        folder: Path,
        *,
        check: Callable[[Stage], Grade],
        show: Callable[[str], None],
        say: Callable[[str, str], None],
        cards: Sequence[Card],
        chance: Random,
        width: int = WIDTH,
    ) -> None:
        self.stages = {one.slug: one for one in stages()[:2]}
        self.folder, self.file = folder, folder / PACKAGE / "__init__.py"
        self.check, self.show, self.say = check, show, say
        self.cards, self.chance, self.width = cards, chance, width

    def start(self) -> None:
        """Write the tasks and an empty file."""
        for one in self.stages.values():
            write(self.folder / "tasks" / f"{one.slug}.md", one.task)
        write(self.file, "")

    def tasks(self) -> list[Task]:
        """Both are answered in the same file."""
        tasks = self.folder / "tasks"
        return [
            Task(one.slug, one.title, one.minutes, self.file, tasks / f"{one.slug}.md") for one in self.stages.values()
        ]

    def attempts(self) -> list[Attempt]:
        """One for each stage, to be filled."""
        return [Attempt(one.slug, one.title) for one in self.stages.values()]

    def actions(self) -> Actions:
        """What is done with each."""
        return Actions(
            show_task=lambda task: self.show(self.stages[task.slug].brief),
            run_tests=self.run_tests,
            check=lambda task: self.check(self.stages[task.slug]),
            score_tests=self.score_tests,
            untouched=lambda task: not contents(task).strip(),
            questions=self.questions,
        )

    def run_tests(self, task: Task) -> None:
        """Run the candidate's own tests and show how they ended."""
        source = source_of(self.stages[task.slug], task.file)
        run = run_tests(source, task.file.name, Subject(TO_WRITE, ""), width=self.width)
        self.show_lines(lines_of_run(run, SAMPLE, self.width))

    def score_tests(self, task: Task) -> Score | None:
        """What the tests are worth, once, after the last stage: they are in one file."""
        stage = self.stages[task.slug]
        if stage is not list(self.stages.values())[-1]:
            return None
        wrong = [(sample.description, flat(sample.source)) for one in self.stages.values() for sample in one.wrong]
        score = score_tests(source_of(stage, task.file), task.file.name, Subject(TO_WRITE, flat(stage.solution), wrong))
        self.say("\nYour tests", "title")
        self.show_lines(lines_of_score(score, self.width))
        return score

    def show_lines(self, lines: Iterable[Line]) -> None:
        """Show lines in their colours."""
        for kind, text in lines:
            self.say(text, kind)

    def questions(self, outcome: Outcome) -> list[Question]:
        """Three: about mistakes that were made, about the code, and from the cards on backprop."""
        made = [kind for attempt in outcome.attempts for _, kind in reversed(attempt.mistakes)]
        source = source_without_tests(contents(self.tasks()[0]).decode("utf-8-sig", errors="replace"))
        cards = [card for card in self.cards if card.topic.startswith("backprop")]
        return choose(made, facts(source) if source else set(), [], cards, self.chance, QUESTIONS)


def flat(bundle: str) -> str:
    """The files of a package as one file, in an order in which each finds what it imports from the others."""
    texts = [text for name, text in files_in(bundle).items() if name != "__init__.py"]
    lines = [line for text in texts for line in text.splitlines() if not line.startswith(f"from {PACKAGE}.")]
    return "\n".join(lines) + "\n"
