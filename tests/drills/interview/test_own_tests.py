"""A candidate's own tests are run, and scored by the known mistakes that they catch."""

import os

import pytest

from tinygrad_dropout.drills.exercise import exercises
from tinygrad_dropout.drills.grader.grade_in_process import grade
from tinygrad_dropout.drills.grader.own_tests import names_of_tests, source_without_tests
from tinygrad_dropout.drills.interview import own_tests
from tinygrad_dropout.drills.interview.own_tests import Score, Subject, run_tests, score_tests
from tinygrad_dropout.drills.interview.tests_in_words import comparison_of, lines_of_run, lines_of_score

STARTER = "def double(x):\n    raise NotImplementedError\n"
RIGHT = "def double(x):\n    return 2 * x\n"
WRONG = [
    ("squares", "def double(x):\n    return x * x\n"),
    ("adds 2", "def double(x):\n    return x + 2\n"),
    ("never finishes", "def double(x):\n    while True:\n        pass\n"),
    ("exits the process", "import os\ndef double(x):\n    os._exit(0)\n"),
    ("cannot be run", "1 / 0\n"),
    ("defines something else", "def triple(x):\n    return 3 * x\n"),
]
SUBJECT = Subject(STARTER, RIGHT, WRONG[:2])
AT_2 = "def test_at_2():\n    assert double(2) == 4\n"
AT_3 = "def test_at_3():\n    assert double(3) == 6\n"
WRONG_TEST = "def test_that_is_wrong():\n    assert double(3) == 9\n"
REJECTING = (("test_that_is_wrong", "the assertion failed"),)


def results(tests, answer=RIGHT):
    """(passed, place, message, sides) of each test."""
    run = run_tests(answer + tests, "answer.py", SUBJECT)
    assert run.problem == ""
    return [(one.passed, one.place, one.message, one.shown) for one in run.results]


def texts(lines):
    return "\n".join(text for _, text in lines)


BODIES = {
    "a comparison": ("assert double(3) == 7", "the assertion failed", "6", "7"),
    "arrays": ("assert (np.ones(2) == np.zeros(2)).all()", "the assertion failed", "[1. 1.]", "[0. 0.]"),
    "a call": ("assert np.allclose(double(3.0), 7.0)", "the assertion failed", "6", "7"),
    "a negation": ("assert not np.isclose(double(3.0), 6.0)", "the assertion failed", "6", "6"),
    "the last of two": ("assert 1 == 1 and double(3) < 5", "the assertion failed", "6", "5"),
    "a message": ("assert double(3) == 7, 'seven'", "seven", "6", "7"),
    "nothing to compare": ("assert None", "the assertion failed"),
    "an exception": ("[][0]", "IndexError: list index out of range"),
    "numpy.testing": ("np.testing.assert_equal(double(3), 7)", "\nItems are not equal:\n ACTUAL: 6\n DESIRED: 7"),
}


@pytest.fixture(scope="module")
def failures():
    """name -> the result of a test with that body; all are in one file, because each run takes a process."""
    tests = [f"def test_{number}():\n    {body}\n" for number, (body, *_) in enumerate(BODIES.values())]
    return dict(zip(BODIES, results("import numpy as np\n" + "".join(tests)), strict=True))


@pytest.mark.parametrize("name", BODIES)
def test_a_failed_test_shows_its_line_and_both_sides(failures, name):
    _, message, *sides = BODIES[name]
    passed, place, said, shown = failures[name]
    line = 5 + 2 * list(BODIES).index(name)
    assert (passed, place, said) == (False, f"line {line}", message.strip())
    assert [text for _, text in shown] == sides


def test_each_test_passes_or_fails_on_its_own():
    assert [passed for passed, *_ in results(WRONG_TEST + AT_2)] == [False, True]


def test_an_invalid_test_is_reported():
    with_arguments, coroutine = results("def test_a(x):\n    pass\nasync def test_b():\n    pass\n")
    assert with_arguments[2] == "test_a takes arguments; expected a test without any"
    assert coroutine[2] == "test_b is an `async def`; expected a plain `def`"


def test_an_answer_that_is_not_written_yet_is_reported():
    assert results(AT_2, STARTER)[0][2] == "what it tests is not written yet"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("def f(:", "Python cannot read line 1"),
        ("import torch\n" + AT_2, "imports torch"),
        (
            RIGHT + AT_2 + "def test_end():\n    import os\n    os._exit(3)\n",
            "In test_end: your file ended the process",
        ),
    ],
)
def test_a_file_that_cannot_be_run_to_its_end_is_reported(source, says):
    assert says in run_tests(source, "answer.py", SUBJECT).problem


def test_without_tests_the_candidate_is_told_how_to_write_one():
    said = texts(lines_of_run(run_tests(RIGHT, "answer.py", SUBJECT), comparison_of(SUBJECT.tested), 80))
    assert "Your file has no tests yet." in said
    assert "assert np.allclose(double(...), [...])" in said


def test_each_test_has_a_line():
    said = texts(lines_of_run(run_tests(RIGHT + AT_2 + WRONG_TEST, "answer.py", SUBJECT), "", 80))
    assert said == (
        "  passed  test_at_2\n  failed  test_that_is_wrong, line 6: the assertion failed\n"
        "          left   6\n          right  9"
    )


@pytest.mark.parametrize(
    ("tests", "score"),
    [
        ("", Score()),
        (AT_2, Score(1, 1, known=2, missed=("squares", "adds 2"))),
        (AT_2 + AT_3, Score(2, 2, caught=2, known=2)),
        (
            WRONG_TEST + AT_2,
            Score(2, 1, rejecting=REJECTING, known=2, missed=("squares", "adds 2")),
        ),
        (WRONG_TEST, Score(1, 0, rejecting=REJECTING)),
    ],
    ids=["none", "a weak one", "two", "a wrong one", "only a wrong one"],
)  # fmt: skip
def test_tests_are_scored_by_the_mistakes_that_they_catch(tests, score):
    assert score_tests(RIGHT + tests, "answer.py", SUBJECT) == score


def test_a_valid_test_that_the_candidates_own_answer_fails_is_named():
    score = score_tests(WRONG[0][1] + AT_2 + AT_3, "answer.py", SUBJECT)
    assert (score.valid, score.failing, score.caught) == (2, ("test_at_3",), 2)


@pytest.mark.skipif(os.name == "nt", reason="there is no timer")
def test_a_wrong_answer_that_hangs_or_ends_the_process_is_caught_and_one_that_cannot_be_tested_is_not_tried(
    monkeypatch,
):
    monkeypatch.setattr(own_tests, "SECONDS_EACH", 0.2)
    score = score_tests(RIGHT + AT_2, "answer.py", Subject(STARTER, RIGHT, WRONG))
    assert (score.caught, score.known, score.missed) == (2, 4, ("squares", "adds 2"))


def test_the_known_mistakes_are_tried_for_a_bounded_time(monkeypatch):
    monkeypatch.setattr(own_tests, "SECONDS", 0.0)
    assert score_tests(RIGHT + AT_2, "answer.py", SUBJECT) == Score(1, 1)


@pytest.mark.parametrize(
    ("score", "says"),
    [
        (Score(), "You wrote no tests of your own."),
        (Score(3, 3, caught=14, known=14), "Your 3 tests catch 14 of 14 known mistakes."),
        (Score(1, 1, known=5, missed=tuple("abcde")), "0 of 5 known mistakes. Not caught: a; b; c; and 2 more."),
        (Score(3, 2, rejecting=(("test_x", "no"),)), "test_x rejects the reference solution"),
        (Score(1, 1, failing=("test_x",)), "test_x accepts the reference solution and rejects your answer"),
        (Score(2, problem="Python cannot read line 1."),
         "Not all of your tests could be run. Python cannot read line 1."),
    ],
)  # fmt: skip
def test_a_score_in_words(score, says):
    assert says in texts(lines_of_score(score, 200))


def test_helpers_of_the_starter_are_replaced_if_a_wrong_answer_has_its_own():
    given = "class Node:\n    pass\n"
    subject = Subject(given + STARTER, given + RIGHT, WRONG[:1])
    assert (subject.names, subject.tested) == (["Node", "double"], "double")
    source = given + RIGHT + AT_3 + "def test_node():\n    assert Node()\n"
    assert score_tests(source, "answer.py", subject).caught == 1


def test_a_test_may_use_what_the_answer_must_not():
    exercise = next(one for one in exercises() if one.refused)
    name = next(iter(exercise.refused))
    test = f"\ndef test_it():\n    import numpy as np\n    np.{name}\n"
    assert grade(exercise, exercise.solution + test).solved
    assert not grade(exercise, exercise.solution + test.replace("test_it", "tested")).solved


def test_tests_are_listed_and_removed_from_a_file():
    assert names_of_tests(RIGHT + AT_2 + "test_y = 1\n") == ["test_at_2"]
    assert source_without_tests(RIGHT + AT_2).strip() == RIGHT.strip()
    assert source_without_tests("def f(:") == "def f(:"
    assert names_of_tests("def f(:") == []


@pytest.mark.slow
@pytest.mark.parametrize("exercise", [one for one in exercises() if not one.hunt], ids=lambda one: one.slug)
def test_almost_every_wrong_answer_of_an_exercise_can_be_tested(exercise):
    wrong = [(sample.description, sample.source) for sample in exercise.wrong]
    subject = Subject(exercise.starter, exercise.solution, wrong, exercise.refused)
    score = score_tests(exercise.solution + "\ndef test_nothing():\n    pass\n", "answer.py", subject)
    assert (score.valid, score.caught) == (1, 0)
    assert score.known >= 0.8 * len(wrong)
