"""Plans each day until an interview: exercises in the order of `next`, cards when they are due, mock interviews."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tinygrad_dropout.drills.exercise import DrillError, Exercise
from tinygrad_dropout.drills.grader.result import Grade
from tinygrad_dropout.drills.learner.progress import Progress
from tinygrad_dropout.drills.learner.recommendation import NEW, next_exercise
from tinygrad_dropout.drills.quiz.cards import Card
from tinygrad_dropout.drills.quiz.scheduling import due_day, rate

LONGEST = 366  # days
MINUTES_OF_A_CARD = 1
TIMES_AS_LONG = 2  # learning an exercise at home takes longer than doing it in an interview
MAX_NEW = 10  # cards per day
WEEK = 7
LAST_INTERVIEW = 3  # days before the date, so that there is time to repeat what was wrong
QUESTIONS = {20: 6, 40: 10}  # minutes of an interview -> additional minutes for its questions
LEAST_FOR_40 = 30  # minutes per day; with fewer, all interviews take 20 minutes
WORTH_BEGINNING = 10  # minutes
LOOK_AHEAD = 4  # the number of next exercises from which the first that fits into a day is taken
SOLVED_LATER = datetime(9999, 1, 1)


@dataclass
class Day:
    """What to do on one day.

    Attributes:
        day: the date.
        room: minutes that are left.
        due: the number of cards that come again.
        new: the number of cards that come for the first time.
        interview: the minutes of a mock interview; 0 for none.
        strict: whether the interview is strict.
        again: the exercise to finish from the day before; None for none.
        exercises: (exercise, reason) to do.
    """

    day: date
    room: int
    due: int = 0
    new: int = 0
    interview: int = 0
    strict: bool = False
    again: Exercise | None = None
    exercises: list[tuple[Exercise, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """The plan of all days.

    Attributes:
        until: the day of the interview.
        minutes: the practice per day.
        days: from today to the day before.
        left: the exercises that do not fit.
    """

    until: date
    minutes: int
    days: list[Day]
    left: list[Exercise]


def day_of(text: str, today: date) -> date:
    """Parse a typed date.

    Raises:
        DrillError: the text is not a date, or no plan can be made for that day.
    """
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            raise ValueError
        day = date.fromisoformat(text)
    except ValueError:
        raise DrillError(f"--date: expected a day such as 2027-01-15, got {text!r}") from None
    if day < today:
        raise DrillError(f"--date: expected a day in the future, got {day}; today is {today}")
    if day == today:
        raise DrillError(
            f"--date: expected a day in the future, got {day}, which is today: there is no time left to plan"
        )
    if (day - today).days > LONGEST:
        raise DrillError(f"--date: expected a day within a year, got {day}; today is {today}")
    return day


def make_plan(
    progress: Progress, everything: Sequence[Exercise], cards: Sequence[Card], today: date, until: date, minutes: int
) -> Plan:
    """Plan every day from today to the one before the interview.

    Args:
        progress: the learner's progress.
        everything: all exercises.
        cards: the question cards.
        today: the first day.
        until: the day of the interview, later than today.
        minutes: the minutes of practice per day.
    """
    days = [Day(today + timedelta(number), minutes) for number in range((until - today).days)]
    place_interviews(days, until, minutes, had_one=bool(progress.interviews))
    place_cards(days, progress, cards, minutes)
    days[-1].room = 0
    order = in_the_order_of_next(progress, everything)
    chosen = affordable(order, sum(day.room for day in days))
    left = place_exercises(days, chosen)
    done = {one.slug for day in days for one, _ in day.exercises} - {one.slug for one, _ in left}
    return Plan(until, minutes, days, [one for one, _ in order if one.slug not in done])


def place_interviews(days: list[Day], until: date, minutes: int, *, had_one: bool) -> None:
    """Plan one interview a week, the last one three days before the date; the first takes 20 minutes, later ones 40,
    and in the last week they are strict."""
    first = 0 if len(days) <= LAST_INTERVIEW else 1  # today is for practice, if there is a tomorrow
    places = range(len(days) - min(LAST_INTERVIEW, len(days)), first - 1, -WEEK) if len(days) > 1 else ()
    for place in sorted(places):
        day = days[place]
        day.interview = 40 if had_one and minutes >= LEAST_FOR_40 else 20
        day.strict = (until - day.day).days <= WEEK
        day.room = max(0, day.room - day.interview - QUESTIONS[day.interview])
        had_one = True


def place_cards(days: list[Day], progress: Progress, cards: Sequence[Card], minutes: int) -> None:
    """Plan each card for the day when it is due if all answers are right, and spread the new cards evenly.

    Cards take at most half of a day's time; due cards that do not fit wait for the next day. On the day before the
    interview there are no new cards, and due ones can take all of the time.
    """
    known = {card.id: one for card in cards if (one := progress.schedule().get(card.id))}
    unseen = [card.id for card in cards if card.id not in known]
    share = min(MAX_NEW, -(-len(unseen) // max(1, len(days) - 1)))
    for day in days:
        last = day is days[-1]
        most = (minutes if last else minutes // 2) // MINUTES_OF_A_CARD
        due = sorted((card for card in known if due_day(known[card]) <= day.day), key=lambda card: due_day(known[card]))
        due = due[:most]
        new = [] if last else unseen[: min(share, most - len(due))]
        unseen = unseen[len(new) :]
        for card in [*due, *new]:
            known[card] = rate(known.get(card), "right", day.day)
        day.due, day.new = len(due), len(new)
        day.room = max(0, day.room - MINUTES_OF_A_CARD * (len(due) + len(new)))


def in_the_order_of_next(progress: Progress, everything: Sequence[Exercise]) -> list[tuple[Exercise, str]]:
    """(exercise, reason) in the order in which `next` gives them if each one is solved."""
    imagined = Progress(deepcopy(progress.as_json()))
    order: list[tuple[Exercise, str]] = []
    while True:
        exercise, why = next_exercise(imagined, everything)
        if exercise is None or any(exercise is one for one, _ in order):
            return order
        order.append((exercise, why))
        imagined.begin_again(exercise.slug)
        imagined.record(exercise.slug, Grade(), SOLVED_LATER)


def minutes_of(exercise: Exercise) -> int:
    """How long an exercise takes at home."""
    return TIMES_AS_LONG * exercise.minutes


def affordable(order: list[tuple[Exercise, str]], minutes: int) -> list[tuple[Exercise, str]]:
    """The exercises that fit into the time, in the same order.

    If not all fit, those with a special reason come first (a mistake to correct, or an exercise already started), then
    those about kinds of mistake that no chosen exercise covers.
    """
    covered: set[str] = set()
    chosen: list[tuple[Exercise, str]] = []

    def take(wanted: bool, pair: tuple[Exercise, str]) -> None:
        nonlocal minutes
        if wanted and pair not in chosen and minutes_of(pair[0]) <= minutes:
            chosen.append(pair)
            covered.update(pair[0].kinds)
            minutes -= minutes_of(pair[0])

    for pair in order:
        take(pair[1] != NEW, pair)
    for pair in order:
        take(not set(pair[0].kinds) <= covered, pair)
    for pair in order:
        take(True, pair)
    return [pair for pair in order if pair in chosen]


def place_exercises(days: list[Day], chosen: list[tuple[Exercise, str]]) -> list[tuple[Exercise, str]]:
    """Fill the remaining time; an exercise that is too long for a day continues on the next. Returns what is left."""
    waiting, begun, rest = list(chosen), None, 0
    for day in days:
        if begun and day.room:
            day.again = begun[0]
            rest, day.room = max(0, rest - day.room), max(0, day.room - rest)
            begun = begun if rest else None
        while not begun and waiting:
            fits = next((one for one in waiting[:LOOK_AHEAD] if minutes_of(one[0]) <= day.room), None)
            if fits is None and (day.exercises or day.room < WORTH_BEGINNING):
                break
            taken = fits or waiting[0]
            waiting.remove(taken)
            day.exercises.append(taken)
            rest, day.room = max(0, minutes_of(taken[0]) - day.room), max(0, day.room - minutes_of(taken[0]))
            begun = taken if rest else None
    return waiting + ([begun] if begun else [])
