"""When to ask a card again, by FSRS, a model of forgetting (the package `fsrs`), with a resolution of days.

The model keeps two numbers for each card: its stability, which is the number of days until the chance of recalling it
has fallen to 90%, and its difficulty. Every rating updates them, and the card is due again when the chance reaches 90%.

The learner's calendar decides what a day is. FSRS computes with points in time in UTC, so each day is represented by
its midnight in UTC, wherever the learner is. The difference between two days is then a whole number, and neither the
time zone nor the hour of a quiz can move a card to the day before or after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Literal, TypeAlias

import fsrs

from tinygrad_dropout.drills.quiz.cards import Card

Rating: TypeAlias = Literal["right", "partly", "wrong"]

#: FSRS needs to know whether a card was recalled, and how easily. A partly right answer was recalled with a gap, which
#: is Hard: it lengthens the pause less than Good and makes the card more difficult. Only Again counts as forgotten.
#: Easy is not offered, because once you have read the answer, everything looks easy.
GRADES: dict[Rating, fsrs.Rating] = {
    "right": fsrs.Rating.Good,
    "partly": fsrs.Rating.Hard,
    "wrong": fsrs.Rating.Again,
}

LONGEST_PAUSE = 180  # days; even a card that you know well is asked twice a year
LONGEST_STABILITY = 1e9  # days; larger numbers cannot result from the model and could overflow

#: There are no learning steps, which would ask a new or forgotten card again after minutes. A quiz happens once a day,
#: so the shortest pause is a day. There is no fuzz either: with a hundred cards there are no piles of due cards to
#: spread out, and `--list` can predict what will be asked.
SCHEDULER = fsrs.Scheduler(learning_steps=(), relearning_steps=(), maximum_interval=LONGEST_PAUSE, enable_fuzzing=False)

#: The pauses in days of the five boxes that files of version 1 used before FSRS.
PAUSE_OF_BOX = {1: 1, 2: 2, 3: 4, 4: 9, 5: 21}

Schedule: TypeAlias = dict[str, fsrs.Card]


def moment(day: date) -> datetime:
    """The point in time that represents a day for FSRS."""
    return datetime.combine(day, time(), timezone.utc)


def due_day(known: fsrs.Card) -> date:
    """The day from which a card is due again."""
    return known.due.date()


def stability(known: fsrs.Card) -> float:
    """The number of days after the rating until the chance of recalling a card has fallen to 90%."""
    return known.stability or 0.0


def recall_chance(known: fsrs.Card, today: date) -> float:
    """The model's chance that a card would be recalled today."""
    return float(SCHEDULER.get_card_retrievability(known, moment(today)))


def rate(known: fsrs.Card | None, rating: Rating, today: date) -> fsrs.Card:
    """The state of a card after it was rated today.

    Args:
        known: its state before; None if it was never asked.
        rating: how well it was answered.
        today: the learner's day.

    Returns:
        Its new state, due tomorrow at the earliest.
    """
    known = known or fsrs.Card(card_id=0)  # FSRS's own id is not used, since our ids identify the cards
    return SCHEDULER.review_card(known, GRADES[rating], moment(today))[0]


def cards_to_ask(cards: Iterable[Card], schedule: Mapping[str, fsrs.Card], today: date, limit: int) -> list[Card]:
    """The cards to ask today: first the due ones, starting with the least likely to be recalled, then new ones.

    Args:
        cards: all cards.
        schedule: card id -> its state. Unknown ids are ignored.
        today: the learner's day.
        limit: the maximum number of cards.

    Returns:
        The cards to ask. Equally likely cards, and new cards, keep the given order.
    """
    cards = list(cards)
    due = [card for card in cards if card.id in schedule and due_day(schedule[card.id]) <= today]
    due.sort(key=lambda card: recall_chance(schedule[card.id], today))
    return (due + [card for card in cards if card.id not in schedule])[:limit]


def to_json(known: fsrs.Card) -> dict[str, Any]:
    """The state of a card as plain data for a JSON file."""
    return dict(known.to_dict())


def from_json(entries: Mapping[str, Any]) -> Schedule:
    """The inverse of `to_json`, for all cards. Invalid entries are left out.

    Ids that no card has anymore are kept, because a card may return.
    """
    read = {card_id: entry_from_json(entry) for card_id, entry in entries.items()}
    return {card_id: known for card_id, known in read.items() if known}


def entry_from_json(entry: Any) -> fsrs.Card | None:
    """One entry of `from_json`; None if it is invalid, for example because it was edited by hand."""
    try:
        known = fsrs.Card.from_dict(entry)
        sound = (
            known.state is fsrs.State.Review
            and known.last_review is not None
            and all(when == moment(when.date()) for when in (known.due, known.last_review))
            and 0 < stability(known) < LONGEST_STABILITY
            and 1 <= (known.difficulty or 0) <= 10
        )
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        return None
    return known if sound else None


def from_box(entry: Any) -> Any:
    """Convert an entry of version 1, `{"box": 2, "due": "2026-11-28"}`; anything else is returned unchanged.

    The card stays due on its day. The pause of its box becomes its stability, since FSRS would have asked it again
    after that pause. The difficulty is that of a card that was answered right the first time.
    """
    try:
        pause, due = PAUSE_OF_BOX[entry["box"]], date.fromisoformat(entry["due"])
        rated = due - timedelta(days=pause)
    except (KeyError, OverflowError, TypeError, ValueError):
        return entry
    known = rate(None, "right", rated)
    known.stability, known.due = float(pause), moment(due)
    return to_json(known)
