"""The outcome of an interview, in the form in which it is saved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from tinygrad_dropout.drills.interview.own_tests import Score
from tinygrad_dropout.drills.interview.questions import Question
from tinygrad_dropout.drills.quiz.scheduling import Rating


@dataclass
class Attempt:
    """The attempt at one exercise.

    Attributes:
        exercise: the name of the exercise.
        title: the title of the exercise.
        begun: whether the exercise was shown.
        tries: how often the answer was checked.
        seconds: the time spent on it.
        solved: whether it was solved.
        claims: how many claims of the grader passed in the last check.
        mistakes: (code, kind) of each mistake, in order.
        notes: what the grader noted without rejecting it.
        tests: the score of the candidate's own tests; None if they were not scored.
    """

    exercise: str
    title: str
    begun: bool = False
    tries: int = 0
    seconds: float = 0.0
    solved: bool = False
    claims: int = 0
    mistakes: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tests: Score | None = None


@dataclass
class Answered:
    """A question, and how it was answered.

    Attributes:
        reason: why it was asked.
        question: the text of the question.
        points: the number of points in a good answer.
        card: the card on the same subject; "" if there is none.
        is_card: whether the question is that card itself.
        asked: whether it was asked.
        answer: the typed answer.
        spoken: whether the answer was said aloud instead.
        seconds: the time from the question to the end of the answer.
        made: the numbers of the points that the answer makes.
        rating: "right", "partly" or "wrong"; "" if there was no answer or no rating.
    """

    reason: str
    question: str
    points: int
    card: str = ""
    is_card: bool = False
    asked: bool = False
    answer: str = ""
    spoken: bool = False
    seconds: float = 0.0
    made: list[int] = field(default_factory=list)
    rating: str = ""

    @classmethod
    def to(cls, question: Question) -> Answered:
        """The record of a question that has not been asked yet."""
        return cls(question.reason, question.question, len(question.points), question.card, question.is_card)

    @property
    def unanswered(self) -> bool:
        """Whether it was asked but not answered."""
        return self.asked and not self.answer and not self.spoken


@dataclass
class Outcome:
    """The result of an interview.

    Attributes:
        when: the time at which it started.
        minutes: the time for the exercises.
        attempts: one for each exercise.
        answered: the questions.
        ended: "done", "time" if the time for the exercises ran out, "quit" if the candidate left.
        strict: whether nothing was graded before the time was over.
    """

    when: str
    minutes: int
    attempts: list[Attempt]
    answered: list[Answered] = field(default_factory=list)
    ended: str = "done"
    strict: bool = False

    def as_json(self) -> dict[str, Any]:
        """The result as plain values, with the names of the exercises."""
        return {**asdict(self), "exercises": [attempt.exercise for attempt in self.attempts]}

    def card_ratings(self) -> Iterator[tuple[str, Rating]]:
        """(card, rating) for the schedule of the cards.

        The question of a card always counts. A different question on the same subject counts only if it was not
        answered well. A question without an answer counts as wrong.
        """
        for one in self.answered:
            rating = rating_of(one)
            if one.card and rating and (one.is_card or rating != "right"):
                yield one.card, rating


def rating_of(one: Answered) -> Rating | None:
    """The rating of an answer; None if there is none."""
    if one.unanswered:
        return "wrong"
    ratings: dict[str, Rating] = {"right": "right", "partly": "partly", "wrong": "wrong"}
    return ratings.get(one.rating)
