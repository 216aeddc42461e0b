"""When to ask a card again: FSRS, a model of forgetting (the package `fsrs`), told of days instead of moments.

The model keeps two numbers for each card: its stability, which is the number of days until the chance to recall it has
fallen to 90 %, and its difficulty. Every rating updates them, and the card is due again when the chance reaches 90 %.

The learner's calendar decides what a day is. FSRS computes with moments in UTC, so a day is handed to it as that day's
midnight in UTC, wherever the learner is: the difference of two days is then a whole number, and neither the time zone
nor the hour of a quiz can move a card to the day before or after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Literal, TypeAlias

import fsrs

from tinygrad_dropout.drills.quiz.cards import Card

Rating: TypeAlias = Literal["right", "partly", "wrong"]

#: FSRS asks whether a card was recalled, and how easily. A partly right answer was recalled, with a gap: that is Hard,
#: which lengthens the pause less than Good and makes the card more difficult. Only Again counts as forgotten. Easy is
#: not offered: once you have read the answer, everything looks easy.
GRADES: dict[Rating, fsrs.Rating] = {
    "right": fsrs.Rating.Good,
    "partly": fsrs.Rating.Hard,
    "wrong": fsrs.Rating.Again,
}

LONGEST_PAUSE = 180  # days: even a card that you know well is asked twice a year
LONGEST_STABILITY = 1e9  # days; a larger number was not computed, and could overflow

#: There are no learning steps, which would ask a new or forgotten card again after minutes: a quiz is held once a day,
#: so the shortest pause is a day. Nor is there fuzz: with a hundred cards there are no heaps of due ones to spread out,
#: and `--list` can say what will happen.
SCHEDULER = fsrs.Scheduler(learning_steps=(), relearning_steps=(), maximum_interval=LONGEST_PAUSE, enable_fuzzing=False)

#: The days of the five boxes that came before FSRS, in files of version 1.
PAUSE_OF_BOX = {1: 1, 2: 2, 3: 4, 4: 9, 5: 21}

Schedule: TypeAlias = dict[str, fsrs.Card]


def moment(day: date) -> datetime:
    """A day as FSRS has it."""
    return datetime.combine(day, time(), timezone.utc)


def due_day(known: fsrs.Card) -> date:
    """The day from which on a card is to be asked again."""
    return known.due.date()


def stability(known: fsrs.Card) -> float:
    """Days until the chance to recall a card has fallen to 90 %, counted from when it was rated."""
    return known.stability or 0.0


def recall_chance(known: fsrs.Card, today: date) -> float:
    """The chance that a card would be recalled today, by the model."""
    return float(SCHEDULER.get_card_retrievability(known, moment(today)))


def after(known: fsrs.Card | None, rating: Rating, today: date) -> fsrs.Card:
    """What is known of a card after it was rated today.

    Args:
        known: what was known of it; None if it was never asked.
        rating: how well it was answered.
        today: the learner's day.

    Returns:
        Its new state, due tomorrow at the earliest.
    """
    known = known or fsrs.Card(card_id=0)  # FSRS's own id is not used: cards are found by ours
    return SCHEDULER.review_card(known, GRADES[rating], moment(today))[0]


def cards_to_ask(cards: Iterable[Card], schedule: Mapping[str, fsrs.Card], today: date, limit: int) -> list[Card]:
    """The cards to ask today: those that are due, the least likely to be recalled first; then new ones.

    Args:
        cards: all there are.
        schedule: card id -> what is known of it. Ids of other cards do no harm.
        today: the learner's day.
        limit: how many at most.

    Returns:
        Equally likely ones, and new ones, in the given order.
    """
    cards = list(cards)
    due = [card for card in cards if card.id in schedule and due_day(schedule[card.id]) <= today]
    due.sort(key=lambda card: recall_chance(schedule[card.id], today))
    return (due + [card for card in cards if card.id not in schedule])[:limit]


def to_json(known: fsrs.Card) -> dict[str, Any]:
    """What is known of a card, as plain data for a JSON file."""
    return dict(known.to_dict())


def from_json(entries: Mapping[str, Any]) -> Schedule:
    """The inverse of `to_json`, for all cards. An entry that no version of ours wrote is left out.

    Ids that no card has (any more) are kept: a card may come back.
    """
    read = {card_id: entry_from_json(entry) for card_id, entry in entries.items()}
    return {card_id: known for card_id, known in read.items() if known}


def entry_from_json(entry: Any) -> fsrs.Card | None:
    """One entry of `from_json`; None if `after` cannot have made it, for example because it was edited by hand."""
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
    """An entry of version 1, `{"box": 2, "due": "2026-11-28"}`, as one of today; anything else as it is.

    The card stays due on its day. The pause of its box becomes its stability: that is when FSRS would have asked it
    again. The difficulty is that of a card answered right at first.
    """
    try:
        pause, due = PAUSE_OF_BOX[entry["box"]], date.fromisoformat(entry["due"])
        rated = due - timedelta(days=pause)
    except (KeyError, OverflowError, TypeError, ValueError):
        return entry
    known = after(None, "right", rated)
    known.stability, known.due = float(pause), moment(due)
    return to_json(known)
