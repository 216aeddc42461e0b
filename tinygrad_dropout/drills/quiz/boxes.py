"""When to be asked a card again: five boxes (Leitner 1972), each with a longer pause than the one before.

A card answered right moves one box up, one answered wrong goes back to the first. A card that was never asked counts as
one of box 1, so that what you know already is not asked again tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, TypeAlias

from tinygrad_dropout.drills.quiz.cards import Card

Rating: TypeAlias = Literal["right", "partly", "wrong"]

#: Days until a card is asked again, by its box. Right every time, a new card is asked after 2, 4, 9 and 21 days.
PAUSES = {1: 1, 2: 2, 3: 4, 4: 9, 5: 21}


@dataclass(frozen=True)
class Box:
    """Where a card is: its box, 1 to 5, and the day from which on it is to be asked again."""

    box: int
    due: date


def after(box: Box | None, rating: Rating, today: date) -> Box:
    """Where a card goes that was rated today: right, one box up; partly, it stays; wrong, to box 1.

    Args:
        box: where it was; None if it was never asked.
        rating: how well it was answered.
        today: the day it was asked.
    """
    number = 1 if box is None else box.box
    number = {"right": min(number + 1, max(PAUSES)), "partly": number, "wrong": 1}[rating]
    return Box(number, today + timedelta(days=PAUSES[number]))


def due(cards: Iterable[Card], boxes: Mapping[str, Box], today: date, limit: int | None = None) -> list[Card]:
    """The cards to ask today: those that are due, the longest overdue first; then those that were never asked.

    Args:
        cards: all there are.
        boxes: card id -> where it is. Ids of other cards do no harm.
        today: the day.
        limit: how many at most; None for all.

    Returns:
        Of two that became due on the same day, the one in the lower box comes first; new ones come in the given order.
    """
    cards = list(cards)
    asked = [card for card in cards if card.id in boxes and boxes[card.id].due <= today]
    asked.sort(key=lambda card: (boxes[card.id].due, boxes[card.id].box))
    return (asked + [card for card in cards if card.id not in boxes])[:limit]


def to_json(boxes: Mapping[str, Box]) -> dict[str, dict[str, Any]]:
    """Plain data for a JSON file: `{"why-scale": {"box": 2, "due": "2026-11-28"}}`."""
    return {card_id: {"box": box.box, "due": box.due.isoformat()} for card_id, box in boxes.items()}


def from_json(data: Any) -> dict[str, Box]:
    """The inverse of `to_json`. Ids that no card has (any more) are kept.

    Raises:
        ValueError: data of another form: under which id, and what was expected.
    """
    if not isinstance(data, dict):
        raise ValueError(f"boxes: expected a dict, got {type(data).__name__}")
    return {card_id: box_from_json(card_id, entry) for card_id, entry in data.items()}


def box_from_json(card_id: str, entry: Any) -> Box:
    """One entry of `from_json`."""
    try:
        number, day = entry["box"], date.fromisoformat(entry["due"])
        if type(number) is int and number in PAUSES:
            return Box(number, day)
    except (KeyError, TypeError, ValueError):
        pass
    raise ValueError(f'boxes: expected {{"box": 1 to 5, "due": "2026-11-28"}} for {card_id}, got {entry!r:.80}')
