"""The statistics of a learner as text."""

from datetime import date, datetime, timedelta

import pytest

from tinygrad_dropout.drills.grader.result import Grade, Rejection
from tinygrad_dropout.drills.learner.progress import Progress
from tinygrad_dropout.drills.learner.stats import as_text
from tinygrad_dropout.drills.quiz.cards import load
from tinygrad_dropout.drills.quiz.scheduling import rate, to_json

NOON, TODAY = datetime(2026, 11, 25, 12), date(2026, 11, 25)


def test_a_new_learner_is_told_where_to_start():
    text = as_text(Progress({}), TODAY)
    assert "Exercises: 0 of " in text
    assert "next: " in text
    assert "Mistakes" not in text
    assert "none of " in text


def test_tries_mistakes_cards_and_interviews_are_counted():
    due, later, *_ = load()
    known = {due.id: rate(None, "right", TODAY - timedelta(days=2)), later.id: rate(None, "right", TODAY)}
    progress = Progress(
        {
            "cards": {card: to_json(one) for card, one in {**known, "gone": known[due.id]}.items()},
            "interviews": [
                {
                    "when": "2026-11-24T10:00:00", "minutes": 20, "exercises": ["a"],
                    "attempts": [{"solved": True}], "answered": [{"rating": "right"}, {"rating": ""}],
                }
            ],
        }
    )  # fmt: skip
    wrong = Grade((), Rejection("scale-missing", "", kind="rescaling"))
    for grade in (wrong, Grade()):
        progress.record("18_inverted_dropout_forward", grade, NOON)
    progress.record("11_linear_backward", Grade(), NOON)
    text = as_text(progress, TODAY)
    assert "2 of " in text
    assert "1 at the first try, 2 without a hint; 3 tries in all" in text
    assert "1 x scale-missing" in text
    assert "1 x the factor 1/(1-p) !" in text
    assert f"2 of {len(load())} asked, 1 due today.\n" in text
    assert "expects you to recall 2 of the 2." in text
    assert "Mistakes in exercises and stages, by name" in text
    assert "Interviews: 1\n" in text
    assert "2026-11-24  20       1 of 1  -          -       0:00" in text


def test_one_try_is_singular():
    progress = Progress({})
    progress.record("11_linear_backward", Grade(), NOON)
    assert "; 1 try in all" in as_text(progress, TODAY)


@pytest.mark.parametrize(("ratings", "expected"), [(["wrong"] * 5, "4 of the 5"), (["right"] * 5, "5 of the 5")])
def test_cards_answered_wrong_a_moment_ago_do_not_count_as_known(ratings, expected):
    cards = {card.id: to_json(rate(None, rating, TODAY)) for card, rating in zip(load(), ratings, strict=False)}
    assert f"expects you to recall {expected}." in as_text(Progress({"cards": cards}), TODAY)


def test_an_overdue_card_counts_with_todays_chance():
    known = {card.id: to_json(rate(None, "right", TODAY - timedelta(days=300))) for card in load()[:5]}
    assert "expects you to recall 2 of the 5." in as_text(Progress({"cards": known}), TODAY)


def test_the_stages_that_are_done_are_counted_for_each_framework(tmp_path):
    progress = Progress({})
    progress.of_framework(tmp_path).record("stage_01_value", Grade(), NOON, chosen=False)
    text = as_text(progress, TODAY)
    assert f"Framework in {tmp_path}: 1 of 10 stages done" in text
    assert "Exercises: 0 of " in text
