"""What was done, in words."""

from datetime import date, datetime, timedelta

from tinygrad_dropout.drills.grader.result import Grade, Rejection
from tinygrad_dropout.drills.learner.progress import Progress
from tinygrad_dropout.drills.learner.stats import as_text
from tinygrad_dropout.drills.quiz.cards import load
from tinygrad_dropout.drills.quiz.scheduling import after, to_json

NOON, TODAY = datetime(2026, 11, 25, 12), date(2026, 11, 25)


def test_a_new_learner_is_told_where_to_begin():
    text = as_text(Progress({}), TODAY)
    assert "Exercises: 0 of " in text
    assert "next: " in text
    assert "Mistakes" not in text
    assert "none of " in text


def test_tries_mistakes_cards_and_interviews_are_counted():
    due, later, *_ = load()
    known = {due.id: after(None, "right", TODAY - timedelta(days=2)), later.id: after(None, "right", TODAY)}
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
    assert f"2 of {len(load())} asked, 1 due today; you would probably recall 2 of the 2" in text
    assert "Interviews: 1\n" in text
    assert "2026-11-24  20       1 of 1  -          -       0:00" in text
