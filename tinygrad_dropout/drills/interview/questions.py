"""Chooses the questions of an interview, with the reason for each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from random import Random

from tinygrad_dropout.drills.interview.code_facts import FACTS
from tinygrad_dropout.drills.interview.follow_ups import FOLLOW_UPS, NOTED, FollowUp
from tinygrad_dropout.drills.quiz.cards import Card
from tinygrad_dropout.mistakes import KINDS

COUNT = {20: 5, 40: 7}  # minutes of an interview -> its number of questions


@dataclass(frozen=True)
class Question:
    """A question of an interview.

    Attributes:
        reason: why it is asked, in words.
        question: its text.
        answer: a good answer.
        points: what an interviewer would want to hear, three to five of them.
        card: the id of the card on the same subject; "" if there is none.
        is_card: whether the question is that card itself.
    """

    reason: str
    question: str
    answer: str
    points: tuple[str, ...]
    card: str = ""
    is_card: bool = False


def choose(
    made: Sequence[str],
    seen: Collection[str],
    about: Sequence[Question],
    cards: Sequence[Card],
    chance: Random,
    count: int,
) -> list[Question]:
    """Choose the questions of an interview, in order.

    The first is about a mistake, if there was one. Then come questions about the code, questions about the exercises,
    and at least one card, or more cards if there are not enough other questions.

    Args:
        made: the kinds of mistake that were made, the latest first.
        seen: the facts about the code, and the notes of the grader.
        about: the questions about every solution of these exercises.
        cards: the cards to draw from.
        chance: the random generator.
        count: the number of questions.
    """
    by_reason = {one.because: one for one in FOLLOW_UPS}
    mistakes = [by_reason[f"made: {kind}"] for kind in dict.fromkeys(made) if f"made: {kind}" in by_reason][:1]
    of_code = [one for one in FOLLOW_UPS if one.because in seen]
    room = max(0, count - len(about) - len(mistakes) - 1)
    asked = [*map(of_follow_up, [*mistakes, *of_code[:room]]), *about][: count - 1]
    taken = {question.card for question in asked}
    left = [card for card in cards if card.id not in taken]
    return asked + [of_card(card) for card in chance.sample(left, min(count - len(asked), len(left)))]


def of_follow_up(one: FollowUp) -> Question:
    """The question of a follow-up."""
    return Question(reason(one.because), one.question, one.answer, one.points, one.card)


def of_card(card: Card) -> Question:
    """The question of a card."""
    topic = card.topic.replace("_", " ")
    return Question(
        f"drawn at random from the cards: {topic}",
        card.question,
        card.short,
        card.points,
        card.id,
        True,
    )


def reason(because: str) -> str:
    """Why a follow-up is asked, in words."""
    kind, _, name = because.partition(": ")
    if kind == "made":
        return f"you made this mistake: {KINDS[name]}"
    return f"your code: {FACTS[kind][0] if kind in FACTS else NOTED[kind]}"
