"""A grade in words."""

import pytest

from tinygrad_dropout.drills.exercise import find
from tinygrad_dropout.drills.grade import Grade, Rejection
from tinygrad_dropout.drills.grading import grade
from tinygrad_dropout.drills.report import as_text, lines_of

EXERCISE = find("11_linear_backward")


def sample(code):
    return next(sample.source for sample in EXERCISE.wrong if sample.name == code)


def test_what_is_right_then_what_is_wrong_what_shows_it_and_what_to_think_about():
    text = as_text(EXERCISE, grade(EXERCISE, sample("bias-gradient-averaged")))
    places = [
        text.index(part)
        for part in (
            "11  Linear backward",
            "right  dx is grad W",
            "right  dW is grad' x",
            "wrong  db is the sum",
            "dbias is the mean of grad over the batch; expected the sum. [bias-gradient-averaged]",
            "    grad      [[",
            "    yours     [",
            "    expected  [",
            "Think about:",
        )
    ]
    assert places == sorted(places)


def test_lines_of_an_array_stand_under_one_another():
    lines = as_text(EXERCISE, grade(EXERCISE, sample("bias-gradient-averaged"))).splitlines()
    first = next(index for index, line in enumerate(lines) if line.startswith("    grad "))
    assert lines[first].index("[[") + 1 == lines[first + 1].index("[")


def test_no_line_is_wider_than_a_terminal():
    for wrong in EXERCISE.wrong:
        lines = as_text(EXERCISE, grade(EXERCISE, wrong.source)).splitlines()
        assert max(map(len, lines)) <= 110


def test_a_traceback_comes_on_request():
    found = grade(EXERCISE, sample("raises"))
    assert "Traceback" not in as_text(EXERCISE, found)
    assert "The traceback: -v" in as_text(EXERCISE, found)
    assert "Traceback (most recent call last)" in as_text(EXERCISE, found, verbose=True)


def test_a_solved_one_says_so():
    assert as_text(EXERCISE, grade(EXERCISE, EXERCISE.solution)).endswith("Solved.")


def test_an_open_one_says_so():
    text = as_text(EXERCISE, grade(EXERCISE, EXERCISE.starter))
    assert "open   This is not written yet" in text
    assert "wrong" not in text


@pytest.mark.parametrize(("count", "says"), [(1, "printed 1 line "), (30, "printed 30 lines ")])
def test_what_was_printed_is_shown_shortened(count, says):
    text = as_text(EXERCISE, Grade(printed="\n".join(["x" * 500] * count)))
    assert says in text
    assert max(map(len, text.splitlines())) < 120
    assert text.count("| x") == min(count, 10)


def test_each_line_has_a_kind():
    kinds = [kind for kind, _ in lines_of(EXERCISE, Grade(("a",), Rejection("b", "c.", "d", "e", (("f", "g"),))))]
    assert kinds == ["title", "right", "wrong", "wrong", "", "think"]
