"""The scorecard of an interview: what was done, what was not, what to repeat, and the trend."""

from datetime import date
from types import SimpleNamespace

import pytest

from tinygrad_dropout.drills.interview.outcome import Answered, Attempt, Outcome
from tinygrad_dropout.drills.interview.own_tests import Score
from tinygrad_dropout.drills.interview.scorecard import scorecard

NEXT = SimpleNamespace(number=19, title="Dropout, backward"), "after scale-missing in 18_forward"
NONE = None, "all are solved"
TOMORROW = date(2026, 11, 26)


def attempt(**changes):
    given = {
        "begun": True,
        "tries": 1,
        "seconds": 125.0,
        "solved": True,
        "claims": 4,
        "tests": Score(3, 2, caught=9, known=14),
    }
    return Attempt("11_linear_backward", "Linear backward", **{**given, **changes})


def answered(rating="right", **changes):
    made = {"right": [1, 2, 3], "partly": [1]}.get(rating, [])
    given = {"asked": True, "answer": "so", "made": made, "seconds": 30.0}
    return Answered("because", f"A {rating} question?", 3, rating=rating, **{**given, **changes})


def card(attempts=(), questions=(), chosen=NEXT, width=96, due=None, **changes):
    outcome = Outcome("2026-11-25T12:00:00", 20, list(attempts), list(questions), **changes)
    return scorecard(outcome, [outcome.as_json()], due or {}, chosen, width)


LINES = {
    "the head": ({}, "Interview of 2026-11-25, 20 minutes\n"),
    "strict": ({"strict": True}, "20 minutes, strict\n"),
    "ended by the clock": ({"ended": "time"}, "20 minutes, until time was up\n"),
    "ended by the candidate": ({"ended": "quit"}, "20 minutes, ended early\n"),
    "correctness": ({}, "Correctness   Linear backward: solved, 1 try; 4 claims of the grader passed\n"),
    "not solved": ({"attempts": [attempt(solved=False, tries=2)]}, "Linear backward: not solved, 2 tries"),
    "nothing graded": ({"attempts": [attempt(solved=False, tries=0)]}, "Linear backward: no answer was graded"),
    "own tests": ({}, "Own tests     Linear backward: 3 tests, 2 valid; 9 of 14 known mistakes caught\n"),
    "no tests": ({"attempts": [attempt(tests=Score())]}, "Own tests     Linear backward: none\n"),
    "explanation": (
        {"questions": [answered(), answered("partly"), answered("", answer="")]},
        "Explanation   4 of 9 points, in 3 questions: 1 right, 1 partly, 1 not answered\n",
    ),
    "time": ({"questions": [answered()]}, "Linear backward: 2:05 of 20:00\n                1 answer: 0:30\n"),
    "time of two": ({"attempts": [attempt(), attempt(seconds=60.0)]}, "together 3:05 of 20:00"),
    "mistakes": ({"attempts": [attempt(mistakes=[("no-scale", "rescaling")])]}, "no-scale" + 27 * " " + "the factor"),
    "an exercise that was not begun": ({"attempts": [Attempt("a", "Linear")]}, "Not done\n  Linear: not started\n"),
    "questions that were not asked": (
        {"questions": [answered(), answered(asked=False)]}, "Not done\n  1 of 2 questions\n",
    ),
    "no question at all": ({"attempts": [attempt()]}, "Not done\n  the questions\n"),
    "an unsolved exercise": ({"attempts": [attempt(solved=False)]}, "To repeat\n  Linear backward: not solved\n"),
    "nothing was graded at all": ({"attempts": [attempt(solved=False, tries=0)]}, "Linear backward: not graded\n"),
    "what comes next": ({}, "`drill next` gives 19 Dropout, backward: after scale-missing in 18_forward.\n"),
    "the trend": ({"questions": [answered()]}, "2026-11-25  20       1 of 1  9 of 14    3 of 3  2:05"),
}  # fmt: skip


@pytest.mark.parametrize(("given", "says"), LINES.values(), ids=LINES)
def test_a_scorecard_has_a_line_about(given, says):
    assert says in card(**{"attempts": [attempt()], **given}) + "\n"


@pytest.mark.parametrize(("rating", "repeated"), [("right", False), ("partly", True), ("wrong", True), ("", False)])
def test_a_question_is_repeated_unless_it_was_right_and_its_card_is_named(rating, repeated):
    text = card([attempt()], [answered(rating, card="why-scale")], due={"why-scale": TOMORROW})
    assert (f"  A {rating} question? (card why-scale, due on 2026-11-26)" in text) == repeated


PERFECT = "Nothing to repeat: everything was right at the first try."


@pytest.mark.parametrize(
    ("given", "perfect"),
    [
        ({"attempts": [attempt()], "questions": [answered()]}, True),
        ({"attempts": [attempt()], "questions": [answered(), answered(asked=False, rating="")]}, False),
        ({"attempts": [attempt()], "questions": [answered(asked=False, rating="")]}, False),  # q at the first question
        ({"attempts": [attempt()]}, False),
        ({"attempts": [attempt(tries=2, mistakes=[("a", "mask")])], "questions": [answered()]}, False),
        ({"attempts": [attempt(), Attempt("b", "B")], "questions": [answered()]}, False),
        ({"attempts": [attempt(solved=False)], "questions": [answered()]}, False),
    ],
)
def test_everything_right_is_printed_only_if_all_was_done_and_right_at_the_first_try(given, perfect):
    assert (PERFECT in card(**given)) == perfect


def test_when_all_exercises_are_solved_next_is_not_mentioned():
    assert "drill next" not in card([attempt()], [answered()], chosen=NONE)


@pytest.mark.parametrize("width", [60, 80])
def test_a_scorecard_fits_its_width(width):
    long = [answered("wrong", card="a-card-with-a-long-name") for _ in range(5)]
    text = card([attempt(solved=False, mistakes=[("bias-gradient-averaged", "averaging")])], long, width=width)
    assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (answered("wrong", card="a", is_card=True), [("a", "wrong")]),
        (answered("right", card="a", is_card=True), [("a", "right")]),
        (answered("right", card="a"), []),
        (answered("partly", card="a"), [("a", "partly")]),
        (answered("", card="a", answer=""), [("a", "wrong")]),
        (answered("", card="a", answer="so"), []),  # quit before it was rated
        (answered("", card="a", asked=False), []),
        (answered("wrong"), []),
    ],
)
def test_ratings_go_into_the_schedule_of_the_cards(one, expected):
    assert list(Outcome("", 20, [], [one]).card_ratings()) == expected
