"""What became of an interview: how it is kept, so that later interviews can be compared with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from tinygrad_dropout.drills.interview.own_tests import Score
from tinygrad_dropout.drills.interview.questions import Question
from tinygrad_dropout.drills.quiz.scheduling import Rating


@dataclass
class Attempt:
    """What became of one exercise.

    Attributes:
        exercise: its name.
        title: of it.
        begun: whether it was shown.
        tries: how often it was checked.
        seconds: until it was left.
        solved: whether it was.
        claims: how many claims of the grader held, the last time.
        mistakes: code and kind of each, in the order in which they were made.
        notes: what the grader noted without rejecting it.
        tests: what the candidate's own tests are worth; None if they were not scored.
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
        question: its text.
        points: how many points a good answer makes.
        card: the card on the same matter; "" if there is none.
        is_card: whether the question is that card itself.
        asked: whether it came to that.
        answer: what was typed.
        spoken: whether it was said aloud instead.
        seconds: from the question to the end of the answer.
        made: the numbers of the points that were made.
        rating: "right", "partly" or "wrong"; "" if nothing was answered, or nothing rated.
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
        """A question before it is asked."""
        return cls(question.reason, question.question, len(question.points), question.card, question.is_card)

    @property
    def unanswered(self) -> bool:
        """Whether it was asked, and nothing was said."""
        return self.asked and not self.answer and not self.spoken


@dataclass
class Outcome:
    """What an interview was.

    Attributes:
        when: it began.
        minutes: for the exercises.
        attempts: at each exercise.
        answered: the questions.
        ended: "done", "time" if the clock ended the exercises, "quit" if the candidate left.
        strict: whether nothing was graded before the clock had ended.
    """

    when: str
    minutes: int
    attempts: list[Attempt]
    answered: list[Answered] = field(default_factory=list)
    ended: str = "done"
    strict: bool = False

    def as_json(self) -> dict[str, Any]:
        """As plain values, with the names of its exercises."""
        return {**asdict(self), "exercises": [attempt.exercise for attempt in self.attempts]}

    def card_ratings(self) -> Iterator[tuple[str, Rating]]:
        """(card, rating) for the schedule of the cards.

        A card's own question counts however it was rated. A question on the same matter counts only if it was not
        answered well. What was asked and not answered counts as wrong.
        """
        for one in self.answered:
            rating = rating_of(one)
            if one.card and rating and (one.is_card or rating != "right"):
                yield one.card, rating


def rating_of(one: Answered) -> Rating | None:
    """How well a question was answered; None if that is not known."""
    if one.unanswered:
        return "wrong"
    ratings: dict[str, Rating] = {"right": "right", "partly": "partly", "wrong": "wrong"}
    return ratings.get(one.rating)
