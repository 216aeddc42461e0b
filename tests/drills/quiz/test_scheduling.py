"""The schedule: when a card is due again, which cards are asked today, and which entries of a file are valid."""

import json
import time
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_dropout.drills.quiz import scheduling
from tinygrad_dropout.drills.quiz.cards import Card
from tinygrad_dropout.drills.quiz.scheduling import cards_to_ask, due_day, from_box, from_json, rate, to_json

TODAY = date(2026, 11, 25)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))
RATINGS = st.sampled_from(["right", "partly", "wrong"])
#: Ratings of one card, each a number of days after it was due (negative: before).
HISTORIES = st.lists(st.tuples(RATINGS, st.integers(-1000, 1000)), min_size=1, max_size=8)
NAMES = [f"card-{number}" for number in range(6)]
CARDS = [Card(name, "topic", "What?", "This.", "Because.", "") for name in NAMES]


def rated(ratings, day=TODAY):
    """The state of a card after these ratings, each given on the day when the card was due."""
    known = None
    for rating in ratings.split():
        known = rate(known, rating, day)
        day = due_day(known)
    return known


def rated_early_or_late(history, day):
    """The state of a card after ratings that were early or late."""
    known = None
    for rating, late in history:
        known = rate(known, rating, day)
        day = max(date(2000, 1, 1), due_day(known) + timedelta(days=late))
    return known


def pauses(ratings):
    """The days from each rating to the next."""
    words = ratings.split()
    days = [TODAY, *(due_day(rated(" ".join(words[:count]))) for count in range(1, len(words) + 1))]
    return [(later - sooner).days for sooner, later in pairwise(days)]


@pytest.mark.parametrize(
    ("ratings", "days"),
    [
        ("right right right right", [2, 11, 46, 163]),
        ("right right right right right", [2, 11, 46, 163, 180]),
        ("partly partly partly", [1, 3, 7]),
        ("wrong wrong wrong", [1, 1, 1]),
        ("right right wrong right", [2, 11, 2, 5]),
        ("right right partly", [2, 11, 32]),
    ],
)
def test_when_a_card_is_due_again(ratings, days):
    assert pauses(ratings) == days


@given(HISTORIES, DAYS)
def test_a_card_is_due_on_a_later_day_and_within_half_a_year_and_a_better_rating_never_brings_it_sooner(history, day):
    known = rated_early_or_late(history, day)
    today = due_day(known)
    assert today > known.last_review.date()
    wrong, partly, right = (due_day(rate(known, rating, today)) for rating in ("wrong", "partly", "right"))
    assert today < wrong <= partly <= right <= today + timedelta(days=180)


def test_a_rating_does_not_change_the_old_state():
    known = rated("right")
    before = to_json(known)
    rate(known, "wrong", TODAY)
    assert to_json(known) == before


def test_a_card_is_due_when_the_chance_of_recalling_it_is_nine_in_ten():
    known = rated("right right")
    assert scheduling.recall_chance(known, due_day(known)) == pytest.approx(0.9, abs=0.005)
    assert scheduling.recall_chance(known, known.last_review.date()) == 1
    assert scheduling.stability(known) == pytest.approx(11, abs=0.5)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone cannot be set")
@pytest.mark.parametrize("zone", ["Etc/GMT-14", "Etc/GMT+12", "UTC", "America/New_York"])
def test_days_are_the_learners_whatever_the_time_zone(zone, monkeypatch):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        known = rate(None, "right", TODAY)
        assert due_day(known) == date(2026, 11, 27)
        assert due_day(from_json({"card": json.loads(json.dumps(to_json(known)))})["card"]) == date(2026, 11, 27)
        assert known.due.utcoffset() == timedelta(0)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_every_midnight_makes_a_card_less_likely_to_be_recalled():
    known = rated("right")
    chances = [scheduling.recall_chance(known, TODAY + timedelta(days=days)) for days in range(-1, 4)]
    assert chances[:2] == [1, 1]  # a clock that was set back is harmless
    assert all(sooner > later for sooner, later in pairwise(chances[1:]))


def test_the_least_likely_cards_come_first_and_new_cards_last():
    schedule = {
        "card-0": rated("right", TODAY),  # not yet
        "card-2": rated("right right", TODAY - timedelta(days=13)),  # due today
        "card-3": rated("right", TODAY - timedelta(days=30)),  # due for four weeks
        "card-4": rated(
            "right right right", TODAY - timedelta(days=90)
        ),  # due for a month, but more likely to be recalled
        "gone-card": rated("wrong", TODAY - timedelta(days=30)),
    }
    order = [card.id for card in cards_to_ask(CARDS, schedule, TODAY, 10)]
    assert order == ["card-3", "card-4", "card-2", "card-1", "card-5"]
    assert [card.id for card in cards_to_ask(iter(CARDS), schedule, TODAY, 2)] == order[:2]
    assert cards_to_ask(CARDS, schedule, TODAY, 0) == []


@given(st.dictionaries(st.sampled_from([*NAMES, "gone-card"]), st.builds(rated_early_or_late, HISTORIES, DAYS)), DAYS)
def test_every_due_or_new_card_is_asked_in_order(schedule, today):
    names = [card.id for card in cards_to_ask(CARDS, schedule, today, 10)]
    assert set(names) == {name for name in NAMES if name not in schedule or due_day(schedule[name]) <= today}
    assert len(set(names)) == len(names)
    is_new = [name not in schedule for name in names]
    assert is_new == sorted(is_new)
    chances = [scheduling.recall_chance(schedule[name], today) for name in names if name in schedule]
    assert chances == sorted(chances)


@given(st.builds(rated_early_or_late, HISTORIES, DAYS))
def test_a_state_survives_saving_and_loading(known):
    written = to_json(known)
    assert to_json(from_json(json.loads(json.dumps({"card": written})))["card"]) == written


def test_the_format_of_an_entry():
    entry = to_json(rated("right"))
    assert entry.pop("stability") == pytest.approx(2.3065)
    assert 1 < entry.pop("difficulty") < 10
    assert entry == {
        "card_id": 0, "state": 2, "step": None,
        "due": "2026-11-27T00:00:00+00:00", "last_review": "2026-11-25T00:00:00+00:00",
    }  # fmt: skip


GOOD = to_json(rated("right"))
BAD = {
    "nothing": None,
    "a list": [],
    "a string": "2026-11-28",
    "an empty dict": {},
    "a box": {"box": 2, "due": "2026-11-28"},
    "an invalid day": {**GOOD, "due": "soon"},
    "a number as a day": {**GOOD, "due": 20261128},
    "a day without a zone": {**GOOD, "due": "2026-11-27T00:00:00"},
    "a time within a day": {**GOOD, "due": "2026-11-27T10:30:00+00:00"},
    "another time zone": {**GOOD, "due": "2026-11-27T00:00:00+05:00"},
    "never rated": {**GOOD, "last_review": None},
    "no stability": {**GOOD, "stability": None},
    "a negative stability": {**GOOD, "stability": -1},
    "a stability that is not a number": {**GOOD, "stability": float("nan")},
    "an infinite stability": {**GOOD, "stability": float("inf")},
    "a stability that overflows": {**GOOD, "stability": 1e308},
    "a difficulty on another scale": {**GOOD, "difficulty": 50},
    "an unknown state": {**GOOD, "state": 9},
    "a state that we do not use": {**GOOD, "state": 1, "step": 0},
}


@pytest.mark.parametrize("entry", BAD.values(), ids=BAD)
def test_a_damaged_entry_is_left_out_and_the_others_are_kept(entry):
    assert from_json({"card-0": entry, "card-1": GOOD}).keys() == {"card-1"}


@given(st.floats(min_value=1e-3, max_value=1e9, exclude_max=True), st.floats(1, 10), DAYS, DAYS, RATINGS)
def test_every_valid_entry_can_be_rated(stability, difficulty, due, last, rating):
    entry = {**GOOD, "stability": stability, "difficulty": difficulty}
    entry |= {"due": scheduling.moment(due).isoformat(), "last_review": scheduling.moment(last).isoformat()}
    known = from_json({"card": entry})["card"]
    assert TODAY < due_day(rate(known, rating, TODAY)) <= TODAY + timedelta(days=180)


@pytest.mark.parametrize(("box", "pause"), [(1, 1), (2, 2), (3, 4), (4, 9), (5, 21)])
def test_a_box_becomes_a_card_that_is_due_on_the_same_day(box, pause):
    known = from_json({"card": from_box({"box": box, "due": "2026-11-25"})})["card"]
    assert due_day(known) == TODAY
    assert scheduling.stability(known) == pause
    assert known.last_review == datetime(2026, 11, 25, tzinfo=timezone.utc) - timedelta(days=pause)
    assert scheduling.recall_chance(known, TODAY) == pytest.approx(0.9)
    wrong, right = (due_day(rate(known, rating, TODAY)) for rating in ("wrong", "right"))
    assert wrong <= TODAY + timedelta(days=2)
    assert right > TODAY + timedelta(days=pause)


@pytest.mark.parametrize(
    "entry",
    [
        {"box": 9, "due": "2026-01-01"},
        {"box": [], "due": "2026-01-01"},
        {"box": 2, "due": 3},
        {"box": 5, "due": "0001-01-02"},
        {"box": 2},
        [],
        None,
    ],
)
def test_a_damaged_box_is_unchanged_and_its_card_counts_as_new(entry):
    assert from_box(entry) == entry
    assert from_json({"card": from_box(entry)}) == {}
