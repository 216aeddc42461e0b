"""The questions about mistakes and about code: each has a reason, an answer, points and a card."""

import pytest

from tinygrad_dropout.drills.interview.code_facts import FACTS
from tinygrad_dropout.drills.interview.follow_ups import FOLLOW_UPS, NOTED, FollowUp, parsed
from tinygrad_dropout.drills.interview.questions import reason
from tinygrad_dropout.drills.quiz.cards import load
from tinygrad_dropout.mistakes import KINDS


def test_every_fact_and_note_has_a_question_and_every_question_a_reason():
    known = {*FACTS, *NOTED, *(f"made: {kind}" for kind in KINDS)}
    assert {one.because for one in FOLLOW_UPS} <= known
    assert {*FACTS, *NOTED} <= {one.because for one in FOLLOW_UPS}
    assert {f"made: {kind}" for kind in KINDS} - {one.because for one in FOLLOW_UPS} == {
        "made: exposing",
        "made: python",
        "made: randomness",
    }
    assert len({one.because for one in FOLLOW_UPS}) == len(FOLLOW_UPS)


@pytest.mark.parametrize("one", FOLLOW_UPS, ids=lambda one: one.because)
def test_a_follow_up_has_a_question_a_reason_and_a_short_answer(one):
    assert one.question.endswith(("?", "."))
    assert "?" in one.question
    assert 10 <= len(one.answer.split()) <= 80
    assert reason(one.because)
    assert (one.question + one.answer).isascii()


@pytest.mark.parametrize("one", FOLLOW_UPS, ids=lambda one: one.because)
def test_an_answer_has_points_to_tick_and_a_card_on_the_same_subject(one):
    assert 3 <= len(one.points) <= 5
    assert all(4 <= len(point.split()) <= 14 for point in one.points)
    assert len(set(one.points)) == len(one.points)
    assert "".join(one.points).isascii()
    assert one.card in {card.id for card in load()}


MADE = """# Questions

## made: rate
What is p?

**In short.** A
probability.

**Points.**

- it is a number
- it is not above 1

**Card.** keep-or-drop
"""


def test_a_file_becomes_questions():
    points = ("it is a number", "it is not above 1")
    assert parsed(MADE) == (FollowUp("made: rate", "What is p?", "A probability.", points, "keep-or-drop"),)


@pytest.mark.parametrize(
    ("before", "after", "line", "expected"),
    [
        ("## made: rate", "## Made: rate", 3, "a reason, `## made: a-kind` or `## a-fact`"),
        ("**Points.**\n", "", 10, "`**Points.**`; got '- it is a number'"),
        ("**Card.** keep-or-drop\n", "", 14, "`**Card.** ...`; got the end of the file"),
    ],
)
def test_a_mistake_in_the_file_is_reported_with_its_line(before, after, line, expected):
    with pytest.raises(ValueError, match=r"^follow_ups\.md, line ") as raised:
        parsed(MADE.replace(before, after))
    assert f", line {line}: expected {expected}" in str(raised.value)
