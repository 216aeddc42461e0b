"""Every exercise is complete, and its grader is right: starters fail, solutions pass, wrong answers are named.

One seed here, and two for the solutions; `python docs/make_drills.py` uses fifty for everything.
"""

import ast
import doctest
import re

import numpy as np
import pytest

from tests.drills.derived import derived
from tests.drills.graded import graded
from tests.drills.odd_dropout import odd_answers
from tinygrad_dropout.drills.exercise import GAP, PARTS, exercises
from tinygrad_dropout.mistakes import KINDS

ALL = exercises()
SEEDS = 2  # for the solutions


def of_every_exercise(kind):
    """The samples of all exercises, as parameters."""
    whole = [one for one in ALL if (one.folder / f"{kind}.py").exists()]  # the first test reports the others
    return [
        pytest.param(one, sample, id=f"{one.number}-{sample.name}") for one in whole for sample in getattr(one, kind)
    ]


def rejections(exercise):
    """The rejection of each wrong answer, with the first seed."""
    return [graded(exercise, sample.source).rejection for sample in exercise.wrong]


every_exercise = pytest.mark.parametrize("exercise", ALL, ids=[one.slug for one in ALL])


@every_exercise
def test_an_exercise_has_all_its_parts(exercise):
    assert {path.name for path in exercise.folder.iterdir() if path.is_file()} == set(PARTS)
    assert exercise.topic in ("backprop", "dropout")
    assert 3 <= exercise.minutes <= 20
    assert set(exercise.kinds) <= set(KINDS)


def test_exercises_are_numbered_from_1_without_a_gap():
    assert [one.number for one in ALL] == list(range(1, len(ALL) + 1))


@every_exercise
def test_a_task_has_a_title_an_example_and_what_is_allowed(exercise):
    assert re.match(r"# \S", exercise.task)
    assert "\n## Example" in exercise.task
    assert "\n## Allowed" in exercise.task


@every_exercise
def test_there_are_three_hints_and_none_contains_the_solution(exercise):
    hints = exercise.hints
    assert len(hints) == 3
    code = [line.strip() for line in exercise.solution.partition('"""')[2].partition('"""')[2].splitlines()]
    lines = [line for line in code if len(line) > 25 and not line.startswith(("import", "def ", "class ", "#", "@"))]
    given = [line for line in exercise.starter.splitlines() if line.strip()]
    assert [line for line in lines for hint in hints if line in hint and line not in "\n".join(given)] == []


@every_exercise
def test_the_solution_derives_its_answer(exercise):
    assert len((ast.get_docstring(ast.parse(exercise.solution)) or "").split()) >= 40


@every_exercise
def test_an_example_in_the_task_is_what_the_solution_gives(exercise):
    namespace = {"np": np}
    exec(compile(exercise.solution, "solution.py", "exec"), namespace)
    examples = doctest.DocTestParser().get_doctest(exercise.task, namespace, exercise.slug, None, 0)
    results = doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE).run(examples)
    assert results.failed == 0


@every_exercise
def test_a_starter_fails_and_has_one_clear_gap(exercise):
    found = graded(exercise, exercise.starter).rejection
    assert found is not None
    assert found.code == "not-written"
    assert exercise.starter.count(GAP) == 1
    assert f"tasks/{exercise.slug}.md" in exercise.starter


@every_exercise
def test_a_solution_passes(exercise):
    assert [
        found.rejection for seed in range(SEEDS) if not (found := graded(exercise, exercise.solution, seed=seed)).solved
    ] == []


@every_exercise
def test_there_are_enough_wrong_and_right_answers_each_of_them_different(exercise):
    wrong, right = exercise.wrong, exercise.right
    assert len(wrong) >= 4
    assert len(right) >= 2
    assert len({sample.name for sample in wrong}) == len(wrong)
    assert len({sample.source for sample in [*wrong, *right]}) == len(wrong) + len(right)
    assert all(sample.description for sample in [*wrong, *right])


@pytest.mark.parametrize(("exercise", "sample"), of_every_exercise("wrong"))
def test_a_wrong_answer_is_rejected_by_name(exercise, sample):
    found = graded(exercise, sample.source).rejection
    assert found is not None
    assert found.code == sample.name
    assert found.kind in (*exercise.kinds, "python", "shapes", "exposing", "ownership", "state", "precision")
    assert re.match(r"(?s)\S.*[.?!)]$", found.message)


@every_exercise
def test_what_an_exercise_trains_is_what_its_wrong_answers_get_wrong(exercise):
    found = {rejection.kind for rejection in rejections(exercise)} | {one.rejection.kind for one in derived(exercise)}
    found |= {graded(exercise, source).rejection.kind for _, source in odd_answers(exercise)}
    assert set(exercise.kinds) <= found or "_hunt_" in exercise.slug  # there the mistake is in the network


@every_exercise
def test_the_wrong_answers_of_an_exercise_have_different_messages(exercise):
    messages = [rejection.message for rejection in rejections(exercise)]
    assert len(set(messages)) == len(messages)


@pytest.mark.parametrize(("exercise", "sample"), of_every_exercise("right"))
def test_a_right_answer_written_differently_passes(exercise, sample):
    assert graded(exercise, sample.source).rejection is None


def test_there_are_at_least_120_wrong_answers():
    assert sum(len(one.wrong) + len({answer.code for answer in derived(one)}) for one in ALL) >= 120
