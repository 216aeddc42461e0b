"""A plan day by day: open mistakes first, cards when they are due, interviews, and rest on the last day."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest

from tinygrad_dropout.drills.exercise import DrillError, exercises
from tinygrad_dropout.drills.grader.result import Grade, Rejection
from tinygrad_dropout.drills.learner.plan import MAX_NEW, day_of, make_plan, minutes_of
from tinygrad_dropout.drills.learner.plan_in_words import WIDTH, as_text, ranges
from tinygrad_dropout.drills.learner.progress import Progress
from tinygrad_dropout.drills.learner.recommendation import next_exercise
from tinygrad_dropout.drills.quiz.cards import load
from tinygrad_dropout.drills.quiz.scheduling import due_day, rate, to_json

TODAY = date(2026, 11, 29)
NOON = datetime(2026, 11, 28, 12)
EVERYTHING, CARDS = exercises(), load()


def exercise(number, minutes=8, kinds=()):
    return SimpleNamespace(
        slug=f"{number:02}_one", number=number, title=f"Exercise {number}", minutes=minutes, kinds=kinds, hints=["a"]
    )


def planned(days=20, progress=None, everything=EVERYTHING, cards=CARDS, minutes=45):
    until = TODAY + timedelta(days)
    return make_plan(progress or Progress({}), everything, cards, TODAY, until, minutes)


def numbers(plan):
    return [one.number for day in plan.days for one, _ in day.exercises]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("soon", "expected a day such as 2027-01-15, got 'soon'"),
        ("2027-02-30", "expected a day such as 2027-01-15, got '2027-02-30'"),
        ("20270115", "expected a day such as 2027-01-15"),
        ("2026-11-28", "expected a day in the future, got 2026-11-28; today is 2026-11-29"),
        ("2026-11-29", "which is today"),
        ("2027-12-01", "expected a day within a year, got 2027-12-01"),
    ],
)
def test_an_unsuitable_date_is_refused(text, says):
    with pytest.raises(DrillError, match=r"^--date: ") as raised:
        day_of(text, TODAY)
    assert says in str(raised.value)


@pytest.mark.parametrize("text", ["2026-11-30", "2027-11-29"])
def test_tomorrow_and_a_day_in_a_year_are_accepted(text):
    assert day_of(text, TODAY).isoformat() == text


def test_the_plan_starts_with_the_exercise_that_next_gives():
    progress = Progress({})
    progress.record("18_inverted_dropout_forward", Grade((), Rejection("scale-missing", "", kind="rescaling")), NOON)
    first, why = planned(progress=progress).days[0].exercises[0]
    assert (first, why) == next_exercise(progress, EVERYTHING)
    assert why.startswith("after scale-missing")


def test_planning_does_not_change_the_progress():
    progress = Progress({})
    planned(progress=progress)
    assert progress.as_json() == Progress({}).as_json()


def test_with_enough_time_every_exercise_has_its_day_once():
    plan = planned(days=60)
    assert sorted(numbers(plan)) == [one.number for one in EVERYTHING]
    assert plan.left == []


def test_exercises_that_do_not_fit_are_named_and_new_kinds_of_mistake_come_first():
    similar = [exercise(number, 10, ("mask",)) for number in range(1, 5)]
    plan = planned(days=3, everything=[*similar, exercise(5, 10, ("rate",))], cards=())
    assert set(numbers(plan)) >= {1, 5}
    assert sorted([*numbers(plan), *(one.number for one in plan.left)]) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("minutes", [15, 45, 120])
@pytest.mark.parametrize("days", [2, 5, 30])
def test_no_day_is_longer_than_its_minutes_except_for_an_interview(days, minutes):
    plan = planned(days=days, minutes=minutes)
    total = sum(minutes_of(one) for day in plan.days for one, _ in day.exercises)
    used = [minutes - day.room - day.due - day.new for day in plan.days[:-1] if not day.interview]
    interviews = sum(minutes for day in plan.days[:-1] if day.interview)
    assert all(0 <= one <= minutes for one in used)
    assert total <= sum(used) + interviews + max(minutes_of(one) for one in EVERYTHING)
    assert all(day.due + day.new <= minutes // 2 for day in plan.days[:-1])


def test_an_exercise_that_is_too_long_for_a_day_is_finished_on_the_next():
    long = exercise(1, 20)
    plan = planned(days=4, everything=[long], cards=(), minutes=25)
    assert [(bool(day.exercises), day.again is long) for day in plan.days] == [
        (True, False),
        (False, False),  # an interview takes the time
        (False, True),
        (False, False),
    ]


def test_cards_come_on_the_day_when_they_are_due_and_new_ones_are_spread_evenly():
    due = rate(None, "right", TODAY)  # in two days
    plan = planned(days=6, cards=CARDS[:11], progress=Progress({"cards": {CARDS[0].id: to_json(due)}}))
    assert due_day(due) == TODAY + timedelta(2)
    assert [day.new for day in plan.days] == [2, 2, 2, 2, 2, 0]
    assert [day.due for day in plan.days] == [0, 0, 3, 2, 2, 2]


def test_there_are_never_more_than_ten_new_cards_a_day():
    assert max(day.new for day in planned(days=5, minutes=200).days) == MAX_NEW


@pytest.mark.parametrize(
    ("days", "minutes", "had_one", "expected"),
    [
        (1, 45, False, []),
        (2, 45, False, [(2, 20, True)]),
        (5, 45, False, [(3, 20, True)]),
        (20, 45, False, [(17, 20, False), (10, 40, False), (3, 40, True)]),
        (12, 45, True, [(10, 40, False), (3, 40, True)]),
        (12, 20, True, [(10, 20, False), (3, 20, True)]),
    ],
)
def test_interviews_grow_longer_and_are_strict_in_the_last_week(days, minutes, had_one, expected):
    kept = {"when": "", "minutes": 20, "exercises": [], "attempts": [], "answered": []}
    plan = planned(days, Progress({"interviews": [kept] * had_one}), minutes=minutes)
    found = [((plan.until - day.day).days, day.interview, day.strict) for day in plan.days if day.interview]
    assert found == expected


@pytest.mark.parametrize("days", [1, 2, 10, 60])
def test_on_the_day_before_there_are_only_due_cards_and_rest(days):
    last = planned(days).days[-1]
    assert (last.exercises, last.new, last.interview, last.again) == ([], 0, 0, None)
    assert last.day == TODAY + timedelta(days - 1)


@pytest.mark.parametrize("days", [2, 8, 9, 47, 365])
def test_a_plan_fits_80_columns_and_says_what_it_assumes(days):
    progress = Progress({})
    progress.record("18_inverted_dropout_forward", Grade((), Rejection("scale-missing", "", kind="rescaling")), NOON)
    text = as_text(planned(days, progress))
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "This plan assumes" in text
    assert ("week by week" in text) == (days > 8)
    assert text.count("\n") < (60 if days < 50 else 160)


def test_a_plan_in_words():
    text = as_text(planned(days=3, everything=[exercise(1, 5)], cards=CARDS[:3]))
    assert text.startswith(
        "Until your interview on Wed 2026-12-02: 3 days, 45 minutes a day.\n\n"
        "Sun 2026-11-29  interview of 20 minutes, strict\n"
        "                cards: 2 new\n"
        "                1 Exercise 1\n"
        "Mon 2026-11-30  cards: 1 new\n\n"
        "The day before:\n"
        "Tue 2026-12-01  cards: 2 due; nothing new, and rest\n\n"
    )


@pytest.mark.parametrize(
    ("known", "says"), [({}, "rest today; it is"), ("due", "answer the 1 card due today, then rest")]
)
def test_a_plan_for_tomorrow_is_one_sentence(known, says):
    due = {CARDS[0].id: to_json(rate(None, "right", TODAY - timedelta(9)))}
    text = as_text(planned(1, Progress({"cards": due if known else {}})))
    assert text.startswith("Your interview is tomorrow, Mon 2026-11-30: ")
    assert says in " ".join(text.split())
    assert text.count(".") == 1


def test_exercises_that_do_not_fit_are_sorted():
    progress = Progress({})
    progress.record("18_inverted_dropout_forward", Grade((), Rejection("scale-missing", "", kind="rescaling")), NOON)
    plan = planned(2, progress)
    assert len(plan.left) > 1
    assert ranges(sorted(one.number for one in plan.left)) in " ".join(as_text(plan).split())


@pytest.mark.parametrize(
    ("numbers", "said"), [([], ""), ([3], "3"), ([3, 4], "3, 4"), ([1, 3, 4, 5, 9], "1, 3 to 5, 9")]
)
def test_numbers_that_follow_one_another_are_a_range(numbers, said):
    assert ranges(numbers) == said
