"""What every interview about exercises or stages does with its tasks, whatever they are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Generic, TypeVar

from tinygrad_dropout.drills.exercise import Exercise
from tinygrad_dropout.drills.grader.report import Line
from tinygrad_dropout.drills.grader.result import Grade
from tinygrad_dropout.drills.grader.shown import WIDTH
from tinygrad_dropout.drills.interview.outcome import Attempt, Outcome
from tinygrad_dropout.drills.interview.own_tests import Score
from tinygrad_dropout.drills.interview.questions import Question
from tinygrad_dropout.drills.interview.session import Actions
from tinygrad_dropout.drills.interview.task import Task
from tinygrad_dropout.drills.interview.tests_in_words import lines_of_score
from tinygrad_dropout.drills.quiz.cards import Card

Asked = TypeVar("Asked", bound=Exercise)


class Interviewed(ABC, Generic[Asked]):
    """What an interview needs.

    Args:
        exercises: what is asked.
        check: grades the answer to one, and shows the grade.
        show: shows Markdown.
        say: shows a text of a kind, as `grader.report` has them.
        cards: to draw questions from.
        chance: draws them.
        width: of a line, in characters.
    """

    def __init__(
        self,
        exercises: Sequence[Asked],
        *,
        check: Callable[[Asked], Grade],
        show: Callable[[str], None],
        say: Callable[[str, str], None],
        cards: Sequence[Card],
        chance: Random,
        width: int = WIDTH,
    ) -> None:
        self.exercises = {one.slug: one for one in exercises}
        self.check, self.show, self.say = check, show, say
        self.cards, self.chance, self.width = cards, chance, width

    def attempts(self) -> list[Attempt]:
        """One for each exercise, to be filled."""
        return [Attempt(one.slug, one.title) for one in self.exercises.values()]

    def actions(self) -> Actions:
        """What is done with each."""
        return Actions(
            show_task=lambda task: self.show(self.exercises[task.slug].brief),
            run_tests=self.run_tests,
            check=lambda task: self.check(self.exercises[task.slug]),
            score_tests=self.score_tests,
            untouched=self.untouched,
            questions=self.questions,
        )

    @abstractmethod
    def tasks(self) -> list[Task]:
        """The exercises, as the interview knows them."""

    @abstractmethod
    def run_tests(self, task: Task) -> None:
        """Run the candidate's own tests and show how they ended."""

    @abstractmethod
    def score_tests(self, task: Task) -> Score | None:
        """What the candidate's own tests are worth; None where they are not scored."""

    @abstractmethod
    def untouched(self, task: Task) -> bool:
        """Whether nothing was written."""

    @abstractmethod
    def questions(self, outcome: Outcome) -> list[Question]:
        """What is asked after the exercises that were begun."""

    def show_score(self, title: str, score: Score) -> None:
        """Show what the tests are worth."""
        self.say(f"\n{title}", "title")
        self.show_lines(lines_of_score(score, self.width))

    def show_lines(self, lines: Iterable[Line]) -> None:
        """Show lines in their colors."""
        for kind, text in lines:
            self.say(text, kind)
