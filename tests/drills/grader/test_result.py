"""A grade goes from one process to another as JSON."""

import json

import pytest

from tinygrad_dropout.drills.grader.result import Grade, Rejection


@pytest.mark.parametrize(
    "grade",
    [
        Grade(),
        Grade(("a", "b"), None, ("note",), "printed"),
        Grade(("a",), Rejection("code", "message", "question", "claim", (("x", "1"), ("y", "2")), "axes", "traceback")),
    ],
)
def test_a_grade_comes_back_as_it_was(grade):
    assert Grade.from_json(json.loads(json.dumps(grade.as_json()))) == grade
    assert grade.solved == (grade.rejection is None)


def test_an_answer_with_an_unwritten_part_is_unfinished():
    assert Grade((), Rejection("part-not-written", "")).unfinished
    assert Grade((), Rejection("not-written", "")).unfinished
    assert not Grade((), Rejection("raises", "")).unfinished
    assert not Grade().unfinished
