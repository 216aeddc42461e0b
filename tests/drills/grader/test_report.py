"""A grade in words."""

import pytest

from tests.drills.graded import graded
from tinygrad_dropout.drills.exercise import exercises, find
from tinygrad_dropout.drills.grader.grade_in_process import grade
from tinygrad_dropout.drills.grader.report import as_text, lines_of
from tinygrad_dropout.drills.grader.result import Grade, Rejection

EXERCISE = find("11_linear_backward")


def sample(code):
    return next(sample.source for sample in EXERCISE.wrong if sample.name == code)


def test_a_report_shows_what_is_right_what_is_wrong_and_the_question():
    text = as_text(EXERCISE, grade(EXERCISE, sample("bias-gradient-averaged")))
    places = [
        text.index(part)
        for part in (
            "11  Linear backward",
            "right  dx: grad @ W",
            "right  dW: grad.T @ x",
            "wrong  db\n",
            "dbias is the mean of grad over the batch; expected the sum. [bias-gradient-averaged]",
            "    grad      [[",
            "    yours     [",
            "    expected  [",
            "Think about:",
        )
    ]
    assert places == sorted(places)


def test_lines_of_an_array_are_aligned():
    lines = as_text(EXERCISE, grade(EXERCISE, sample("bias-gradient-averaged"))).splitlines()
    first = next(index for index, line in enumerate(lines) if line.startswith("    grad "))
    assert lines[first].index("[[") + 1 == lines[first + 1].index("[")


def test_no_line_is_wider_than_a_terminal():
    for wrong in EXERCISE.wrong:
        lines = as_text(EXERCISE, grade(EXERCISE, wrong.source)).splitlines()
        assert max(map(len, lines)) <= 110


def test_a_traceback_is_shown_on_request():
    found = grade(EXERCISE, sample("raises"))
    assert "Traceback" not in as_text(EXERCISE, found)
    assert "The traceback: -v" in as_text(EXERCISE, found)
    assert "Traceback (most recent call last)" in as_text(EXERCISE, found, verbose=True)


def test_a_solved_exercise_says_so():
    assert as_text(EXERCISE, grade(EXERCISE, EXERCISE.solution)).endswith("Solved.")


def test_an_open_exercise_says_so():
    text = as_text(EXERCISE, grade(EXERCISE, EXERCISE.starter))
    assert "open   This is not written yet" in text
    assert "wrong" not in text


@pytest.mark.parametrize(("count", "says"), [(1, "printed 1 line "), (30, "printed 30 lines ")])
def test_long_output_is_shortened(count, says):
    text = as_text(EXERCISE, Grade(printed="\n".join(["x" * 500] * count)))
    assert says in text
    assert max(map(len, text.splitlines())) < 120
    assert text.count("| x") == min(count, 10)


@pytest.mark.parametrize("exercise", exercises(), ids=lambda one: one.slug)
def test_every_rejection_can_be_shown_in_a_narrow_terminal(exercise):
    for wrong in exercise.wrong:
        found = graded(exercise, wrong.source)
        for kind, text in lines_of(exercise, found, width=60):
            assert text
            if kind in ("wrong", "question"):
                assert max(map(len, text.splitlines())) <= 100  # a long code or claim is not broken
        assert found.unfinished or f"[{wrong.name}]" in as_text(exercise, found)


def test_a_long_label_has_its_value_below_it():
    text = as_text(EXERCISE, Grade((), Rejection("a", "b.", shown=(("a label that is longer than most are", "1\n2"),))))
    assert "    a label that is longer than most are:\n      1\n      2" in text


def test_only_the_name_of_a_wrong_claim_is_shown():
    text = as_text(EXERCISE, Grade(("dx: grad @ W",), Rejection("a", "b.", claim="dW: grad.T @ x")))
    assert "right  dx: grad @ W" in text
    assert "wrong  dW\n" in text


def test_no_line_breaks_inside_a_code_or_backticks():
    found = Rejection("a-code-of-several-words", "Write `a = a * b` " * 20)
    text = as_text(EXERCISE, Grade((), found))
    assert text.count("`a = a * b`") == 20
    assert "[a-code-of-several-words]" in text


def test_each_line_has_a_kind():
    kinds = [kind for kind, _ in lines_of(EXERCISE, Grade(("a",), Rejection("b", "c.", "d", "e", (("f", "g"),))))]
    assert kinds == ["title", "right", "wrong", "wrong", "", "question"]
