"""What the file of a learner's progress must contain, and what it may leave out."""

import pytest

from tinygrad_dropout.drills.learner.schema import SCHEMA, matches_schema

OLD = {"when": "", "minutes": 20, "exercises": ["a"], "attempts": [{"solved": True}], "answered": [{"rating": ""}]}


def with_attempt(**more):
    return {**OLD, "attempts": [{"solved": True, **more}]}


def with_answer(**more):
    return {**OLD, "answered": [{"rating": "", **more}]}


@pytest.mark.parametrize(
    ("interview", "matches"),
    [
        (OLD, True),
        (with_attempt(seconds=1.5, tests={"count": 0, "caught": 0, "known": 0}), True),
        (with_attempt(tests=None), True),
        (with_attempt(seconds="long"), False),
        (with_attempt(tests={"count": 1}), False),
        (with_answer(asked=True, made=[1], points=3), True),
        (with_answer(made=3), False),
        ({**OLD, "answered": [{}]}, False),
        ({**OLD, "minutes": None}, False),
    ],
)
def test_interviews_of_earlier_versions_are_read_and_damaged_ones_are_not(interview, matches):
    assert matches_schema(interview, SCHEMA["interviews"][0]) == matches
