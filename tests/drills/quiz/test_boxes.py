"""The repeat schedule: which box a card goes to, and which cards come today."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_dropout.drills.quiz import boxes
from tinygrad_dropout.drills.quiz.boxes import Box
from tinygrad_dropout.drills.quiz.cards import Card

TODAY = date(2026, 11, 25)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))
BOXES = st.builds(Box, st.sampled_from(sorted(boxes.PAUSES)), DAYS)
RATINGS = st.sampled_from(["right", "partly", "wrong"])
NAMES = [f"card-{number}" for number in range(6)]
CARDS = [Card(name, "topic", "What?", "This.", "Because.", "") for name in NAMES]
PLACES = st.dictionaries(st.sampled_from([*NAMES, "gone-card"]), BOXES)


@pytest.mark.parametrize(
    ("before", "rating", "box", "days"),
    [
        (None, "right", 2, 2),
        (None, "partly", 1, 1),
        (None, "wrong", 1, 1),
        (1, "right", 2, 2),
        (2, "right", 3, 4),
        (3, "right", 4, 9),
        (4, "right", 5, 21),
        (5, "right", 5, 21),
        (4, "partly", 4, 9),
        (5, "partly", 5, 21),
        (4, "wrong", 1, 1),
    ],
)
def test_where_a_card_goes(before, rating, box, days):
    old = before and Box(before, TODAY)
    assert boxes.after(old, rating, TODAY) == Box(box, TODAY + timedelta(days=days))


@given(st.none() | BOXES, RATINGS, DAYS)
def test_a_card_never_comes_again_on_the_same_day_and_a_better_rating_never_brings_it_sooner(box, rating, today):
    after = boxes.after(box, rating, today)
    assert after.due > today
    assert after.box in boxes.PAUSES
    wrong, partly, right = (boxes.after(box, each, today).due for each in ("wrong", "partly", "right"))
    assert wrong <= partly <= right


def test_pauses_grow():
    pauses = list(boxes.PAUSES.values())
    assert pauses == sorted(set(pauses))
    assert list(boxes.PAUSES) == [1, 2, 3, 4, 5]


def test_the_longest_overdue_come_first_then_the_new_ones():
    places = {
        "card-0": Box(1, TODAY + timedelta(days=1)),
        "card-2": Box(5, TODAY),
        "card-3": Box(2, TODAY),
        "card-4": Box(4, TODAY - timedelta(days=3)),
    }
    order = [card.id for card in boxes.due(CARDS, places, TODAY)]
    assert order == ["card-4", "card-3", "card-2", "card-1", "card-5"]
    assert [card.id for card in boxes.due(CARDS, places, TODAY, 2)] == order[:2]
    assert boxes.due(CARDS, places, TODAY, 0) == []


@given(PLACES, DAYS, st.none() | st.integers(0, 8))
def test_what_is_asked_today(places, today, limit):
    asked = boxes.due(iter(CARDS), places, today, limit)
    wanted = {name for name in NAMES if name not in places or places[name].due <= today}
    names = [card.id for card in asked]
    assert len(set(names)) == len(names) == (len(wanted) if limit is None else min(limit, len(wanted)))
    assert set(names) <= wanted
    is_new = [name not in places for name in names]
    assert is_new == sorted(is_new)
    days = [places[name].due for name in names if name in places]
    assert days == sorted(days)


@given(PLACES)
def test_progress_survives_a_file(places):
    assert boxes.from_json(json.loads(json.dumps(boxes.to_json(places)))) == places


def test_the_form_of_the_file():
    places = {"why-scale": Box(2, date(2026, 11, 28))}
    assert boxes.to_json(places) == {"why-scale": {"box": 2, "due": "2026-11-28"}}


@pytest.mark.parametrize(
    "entry",
    [
        None,
        [],
        "2026-11-28",
        {},
        {"box": 2},
        {"box": 0, "due": "2026-11-28"},
        {"box": 6, "due": "2026-11-28"},
        {"box": True, "due": "2026-11-28"},
        {"box": "2", "due": "2026-11-28"},
        {"box": [], "due": "2026-11-28"},
        {"box": 2, "due": "soon"},
        {"box": 2, "due": 20261128},
    ],
)
def test_a_damaged_entry_is_named(entry):
    with pytest.raises(ValueError, match=r"expected .* for why-scale, got "):
        boxes.from_json({"good-card": {"box": 1, "due": "2026-11-28"}, "why-scale": entry})


def test_what_is_no_dict_is_refused():
    with pytest.raises(ValueError, match="expected a dict, got list"):
        boxes.from_json([])
