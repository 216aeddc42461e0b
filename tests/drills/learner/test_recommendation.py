"""The next exercise: mistakes are repeated by their kind, in another exercise."""

from datetime import datetime, timedelta
from random import Random
from types import SimpleNamespace

import pytest

from tinygrad_dropout.drills.exercise import exercises
from tinygrad_dropout.drills.grader.result import Grade, Rejection
from tinygrad_dropout.drills.learner.progress import Progress
from tinygrad_dropout.drills.learner.recommendation import for_interview, next_exercise, open_kinds, title_of

NOON = datetime(2026, 11, 25, 12)


def exercise(slug, kinds, topic="dropout", minutes=8):
    hints = ["a nudge", "the idea", "nearly there"]
    return SimpleNamespace(slug=slug, kinds=kinds, topic=topic, minutes=minutes, number=int(slug[:2]), hints=hints)


FORWARD = exercise("18_forward", ("rescaling", "rate"))
BACKWARD = exercise("19_backward", ("rescaling", "mask"))
LINEAR = exercise("11_linear", ("axes",), "backprop", 6)
LONG = exercise("16_sgd", ("updates",), "backprop", 15)
ALL = [LINEAR, LONG, FORWARD, BACKWARD]


def done(*events):
    """Progress after events (exercise, kind of a mistake or "" for solved), one per minute."""
    progress = Progress({})
    for minute, (one, kind) in enumerate(events):
        grade = Grade((), Rejection(f"{kind}-wrong", "", kind=kind)) if kind else Grade()
        progress.record(one.slug, grade, NOON + timedelta(minutes=minute))
    return progress


@pytest.mark.parametrize(
    ("events", "chosen", "why"),
    [
        ([], LINEAR, "first that is not solved"),
        ([(LINEAR, "")], LONG, "first that is not solved"),
        ([(FORWARD, "rescaling"), (FORWARD, "")], BACKWARD, "after rescaling-wrong in 18_forward"),
        ([(FORWARD, "rescaling")], BACKWARD, "after rescaling-wrong"),
        ([(FORWARD, "rescaling"), (FORWARD, ""), (BACKWARD, "")], LINEAR, "first that is not solved"),
        ([(LONG, "python"), (LINEAR, "")], LONG, "you started it (1 try), but have not solved it yet"),
        ([(BACKWARD, ""), (FORWARD, "rescaling"), (FORWARD, "")], BACKWARD, "lets you solve it again"),
        ([(FORWARD, "rate"), (FORWARD, ""), (LINEAR, "")], LONG, "first that is not solved"),
        ([(FORWARD, "python"), (FORWARD, "")], LINEAR, "first that is not solved"),
        ([(one, "") for one in ALL], None, "all are solved"),
        ([(LINEAR, ""), (FORWARD, ""), (BACKWARD, ""), (LONG, "updates")], LONG, "the last that is not solved"),
    ],
)
def test_what_comes_next(events, chosen, why):
    found, because = next_exercise(done(*events), ALL)
    assert found is chosen
    assert why in because


def test_a_mistake_is_corrected_by_solving_another_exercise_about_it_afterward():
    assert open_kinds(done((FORWARD, "rescaling")), ALL) == ["rescaling"]
    assert open_kinds(done((FORWARD, "rescaling"), (FORWARD, "")), ALL) == ["rescaling"]
    assert open_kinds(done((FORWARD, "rescaling"), (BACKWARD, "")), ALL) == []
    assert open_kinds(done((BACKWARD, ""), (FORWARD, "rescaling")), ALL) == ["rescaling"]


def test_the_latest_mistake_comes_first():
    assert open_kinds(done((LINEAR, "axes"), (FORWARD, "rate")), ALL) == ["rate", "axes"]


def test_an_interview_repeats_earlier_mistakes():
    for seed in range(20):
        assert for_interview(done((FORWARD, "axes")), ALL, 20, Random(seed)) == [LINEAR]


def test_an_interview_of_40_minutes_has_one_exercise_of_each_topic_that_fit():
    for seed in range(20):
        first, second = for_interview(Progress({}), ALL, 40, Random(seed))
        assert {first.topic, second.topic} == {"backprop", "dropout"}
        assert first.minutes + second.minutes <= 30


def test_an_interview_does_not_repeat_an_exercise_of_an_earlier_one():
    progress = Progress({"interviews": [{"exercises": [one.slug for one in (LINEAR, FORWARD, BACKWARD)]}]})
    assert for_interview(progress, ALL, 20, Random(0)) == [LONG]


def test_solved_exercises_come_after_unsolved_ones():
    assert for_interview(done((LINEAR, ""), (FORWARD, ""), (LONG, "")), ALL, 20, Random(0)) == [BACKWARD]


def test_chance_breaks_ties():
    assert len({for_interview(Progress({}), ALL, 20, Random(seed))[0].slug for seed in range(30)}) == 4


def test_very_short_exercises_come_last():
    short = exercise("04_fan_out", ("accumulation",), "backprop", 5)
    assert all(for_interview(Progress({}), [short, LINEAR], 20, Random(seed)) == [LINEAR] for seed in range(20))


def test_two_exercises_fit_into_the_time_together():
    longer = exercise("21_edges", ("edges",), "dropout", 20)
    assert all(len(for_interview(Progress({}), [LONG, longer], 40, Random(seed))) == 1 for seed in range(20))


def test_a_chosen_exercise_stays_next_until_it_is_tried():
    progress = Progress({"current": LONG.slug, "chosen": "2026-11-25T12:00:00", "why": "a saved reason"})
    assert next_exercise(progress, ALL) == (LONG, "a saved reason")
    progress.record(LONG.slug, Grade((), Rejection("updates-wrong", "", kind="updates")), NOON)
    assert next_exercise(progress, ALL)[0] is LINEAR


def test_an_exercise_whose_hints_were_all_shown_is_not_skipped():
    progress = done((LINEAR, ""))
    progress.of(BACKWARD.slug)["hints"] = 3
    assert next_exercise(progress, ALL) == (BACKWARD, "you started it (3 hints), but have not solved it yet")


@pytest.mark.parametrize(("help_", "words"), [({"hints": 3}, "with 3 hints"), ({"solution": "then"}, "the solution")])
def test_exercises_solved_with_full_help_come_again_at_the_end(help_, words):
    progress = done(*((one, "") for one in ALL))
    assert next_exercise(progress, ALL) == (None, "all are solved")
    progress.of(LONG.slug).update(help_)
    chosen, why = next_exercise(progress, ALL)
    assert chosen is LONG
    assert words in why


def test_of_several_exercises_the_one_that_is_most_about_a_mistake_comes_first():
    aside, about = exercise("31_aside", ("rate", "mask", "edges")), exercise("32_about", ("edges",))
    progress = done((FORWARD, "edges"))
    assert next_exercise(progress, [FORWARD, aside, about])[0] is about


def test_a_mistake_is_corrected_by_solving_an_exercise_about_it_again():
    progress = done((BACKWARD, ""), (FORWARD, "rescaling"), (FORWARD, ""))
    progress.begin_again(BACKWARD.slug)
    progress.record(BACKWARD.slug, Grade(), NOON + timedelta(hours=1))
    assert open_kinds(progress, ALL) == []


def test_a_mistake_is_not_corrected_by_checking_a_solved_exercise_again():
    progress = done((BACKWARD, ""), (FORWARD, "rescaling"), (FORWARD, ""), (BACKWARD, ""))
    assert open_kinds(progress, ALL) == ["rescaling"]


def test_a_real_mistake_leads_to_an_exercise_about_it():
    """For every exercise and every kind of mistake, except kinds that no other exercise is about."""
    everything = exercises()
    for one in everything:
        for kind in set(one.kinds) - {"exposing"}:
            progress = done((one, kind), (one, ""))
            chosen, why = next_exercise(progress, everything)
            others = [other for other in everything if kind in other.kinds and other.slug != one.slug]
            assert (chosen.slug in {other.slug for other in others}) == bool(others)
            assert (f"after {kind}-wrong in {one.number} {one.title}: " in why) == bool(others)


@pytest.mark.parametrize(
    ("slug", "title"),
    [
        ("18_inverted_dropout_forward", "18 Inverted dropout, forward"),
        ("stage_09_training", "stage 9, Training"),
        ("99_gone", "99_gone"),
        ("18", "18"),  # only whole names are known
    ],
)
def test_a_reason_names_the_title_and_not_the_file(slug, title):
    assert title_of(slug) == title
