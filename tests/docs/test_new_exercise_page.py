"""docs/new_exercise.md writes an exercise that works: its four files are graded as shown."""

import doctest
import re
import shutil
from pathlib import Path

import pytest

from tests.drills.derived import derived
from tinygrad_dropout.drills.exercise import EXERCISES, Exercise
from tinygrad_dropout.drills.grader.grade_in_process import grade
from tinygrad_dropout.drills.grader.replay import run_replay
from tinygrad_dropout.mistakes import KINDS

PAGE = (Path(__file__).parents[2] / "docs" / "new_exercise.md").read_text(encoding="utf-8")
FILES = dict(
    zip(
        ("task.md", "starter.py", "solution.py", "checks.py"),
        (text for _, text in re.findall(r"^(`{3,4})(?:text|python)\n(.*?)^\1$", PAGE, re.DOTALL | re.MULTILINE)),
        strict=True,
    )
)


@pytest.fixture(scope="module")
def exercise(tmp_path_factory):
    """The copied folder, with the page's four files."""
    folder = tmp_path_factory.mktemp("exercises") / "47_tanh_backward"
    shutil.copytree(EXERCISES / "11_linear_backward", folder)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Exercise(folder)


@pytest.mark.parametrize("seed", range(3))
def test_the_solution_passes(exercise, seed):
    assert grade(exercise, exercise.solution, seed=seed).rejection is None


def test_the_example_in_the_task_matches_the_solution(exercise):
    namespace = {}
    exec(exercise.solution, namespace)
    example = doctest.DocTestParser().get_doctest(FILES["task.md"], namespace, "task.md", None, 0)
    assert doctest.DocTestRunner().run(example) == (0, 1)


def test_the_starter_does_not_pass(exercise):
    assert grade(exercise, exercise.starter).rejection.code == "not-written"


def test_the_known_mistakes_are_named(exercise):
    assert {made.code: made.rejection.code for made in derived(exercise)} == {
        code: code for code in ("tanh-of-the-output", "upstream-ignored")
    }


def test_the_topic_and_the_kinds_exist(exercise):
    assert exercise.topic in ("backprop", "dropout")
    assert set(exercise.checks.KINDS) <= KINDS.keys()


def test_the_replay_shows_where_a_wrong_backward_goes_wrong(exercise):
    _, none = run_replay(exercise, exercise.solution, "right.py")
    replay, difference = run_replay(exercise, exercise.solution.replace("1 - y * y", "1 - y"), "wrong.py")
    (recorded,) = replay.passes
    assert none is None
    assert recorded.nodes[recorded.steps[difference.step].node].operation == "tanh"
