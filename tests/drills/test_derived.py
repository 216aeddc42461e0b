"""A known mistake that a check lists with a formula is named, if an answer makes it."""

import pytest

from tests.drills.derived import derived, judged, tried
from tinygrad_dropout.drills.exercise import exercises

ALL = exercises()


@pytest.mark.parametrize("exercise", ALL, ids=[one.slug for one in ALL])
def test_every_formula_of_a_known_mistake_is_distinguished_from_the_right_one(exercise):
    assert {one.code for one in tried(exercise)} - {one.code for one in derived(exercise)} == set()


def test_a_formula_that_no_input_distinguishes_from_the_right_one_is_found(monkeypatch):
    exercise = next(one for one in ALL if one.number == 11)
    monkeypatch.setattr(exercise.checks, "SIZES", ((1, 2, 3),) * 4)  # with one row the mean is the sum
    assert {one.code for one in judged(exercise, 0) if one.rejection is None} >= {"bias-gradient-averaged"}
