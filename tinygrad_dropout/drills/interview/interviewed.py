"""The base class of interviews about exercises and about stages."""

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
    """An interview about exercises or stages.

    Args:
        exercises: the exercises or stages.
        check: grades the answer to one of them, and shows the grade.
        show: shows Markdown.
        say: shows a text in the color of a kind, as in `grader.report`.
        cards: the cards to draw questions from.
        chance: the random generator that draws them.
        width: the width of a line, in characters.
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
        """An empty attempt for each exercise."""
        return [Attempt(one.slug, one.title) for one in self.exercises.values()]

    def actions(self) -> Actions:
        """What the session can do with a task."""
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
        """The exercises as tasks of the session."""

    @abstractmethod
    def run_tests(self, task: Task) -> None:
        """Run the candidate's own tests and show the results."""

    @abstractmethod
    def score_tests(self, task: Task) -> Score | None:
        """Score the candidate's own tests; None if they are not scored."""

    @abstractmethod
    def untouched(self, task: Task) -> bool:
        """Whether the candidate has written nothing."""

    @abstractmethod
    def questions(self, outcome: Outcome) -> list[Question]:
        """The questions to ask after the exercises."""

    def show_score(self, title: str, score: Score) -> None:
        """Show the score of the tests."""
        self.say(f"\n{title}", "title")
        self.show_lines(lines_of_score(score, self.width))

    def show_lines(self, lines: Iterable[Line]) -> None:
        """Show lines in their colors."""
        for kind, text in lines:
            self.say(text, kind)
