"""A pass with the learner's backward next to the right one."""

from contextlib import suppress

import pytest

from tinygrad_dropout.conformance.global_state import own_global_state
from tinygrad_dropout.drills.exercise import exercises, find
from tinygrad_dropout.drills.grader.replay import run_replay, write_page
from tinygrad_dropout.drills.grader.result import Rejected
from tinygrad_dropout.study import StudyError

WITH_REPLAY = [one for one in exercises() if one.has_replay]


@pytest.fixture
def shown(tmp_path):
    pytest.importorskip("igraph")
    return lambda exercise, source: write_page(exercise, source, "answer.py", tmp_path / "page.html")


@pytest.mark.parametrize("exercise", WITH_REPLAY, ids=lambda one: one.slug)
def test_a_solution_is_right_at_every_step(exercise, shown):
    assert shown(exercise, exercise.solution) == {
        "shows": "your backward gives the right gradient at every step of this pass"
    }


@pytest.mark.parametrize("exercise", [one for one in WITH_REPLAY if one.number != 21], ids=lambda one: one.slug)
def test_some_mistake_is_shown_at_its_step(exercise):  # except 21, which is about p = 0 and p = 1
    def differs(source):
        with own_global_state(0), suppress(StudyError, Rejected):
            return run_replay(exercise, source, "answer.py")[1] is not None

    assert any(differs(sample.source) for sample in exercise.wrong)


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("11_", "bias-gradient-averaged", "step 2 of 5: dL/d3.bias"),
        ("12_", "gradient-1-at-0", "step 4 of 5"),
        ("09_", "mean-not-divided", "dL/d"),
        ("19_", "backward-forgets-the-mask", "step 3 of 5"),
        ("20_", "backward-forgets-the-scale", "step 3 of 8"),
        ("22_", "mask-overwritten-by-the-next-forward", "step 6 of 8"),
    ],
)
def test_a_mistake_is_shown_where_it_is_made(name, code, says, shown):
    exercise = find(name)
    source = next(sample.source for sample in exercise.wrong if sample.name == code)
    assert says in shown(exercise, source)["shows"]


@pytest.mark.parametrize(
    ("name", "source", "says"),
    [
        ("18_", "", "exercise 18 is not about one backward"),
        ("11_", "", "there is no replay: Your file has no function linear_backward"),
        ("11_", "def linear_backward(grad, x, weight): return grad, x", "got 2"),
        ("11_", "def linear_backward(grad, x, weight): raise ValueError('so it is')", "so it is"),
        (
            "22_",
            "class Dropout:\n    def __init__(self, p, rng): pass\n    def forward(self, x): return x",
            "your layer",
        ),
        ("20_", "class Dropout:\n    def __init__(self, p, rng): raise KeyError", "KeyError"),
    ],
)
def test_a_missing_replay_has_a_reason(name, source, says, shown):
    assert says in shown(find(name), source)["problem"]


def test_a_backward_that_can_run_only_once_is_shown(shown):
    exercise = find("22_")
    source = next(sample.source for sample in exercise.wrong if sample.name == "only-once")
    assert "right gradient at every step" in shown(exercise, source)["shows"]


@pytest.mark.parametrize(
    ("name", "line", "source"),
    [
        ("11_", "loss = F.cross_entropy(model(x), target)", "def linear_backward("),
        ("22_", "h = another(", "def backward(grad)"),
    ],
)
def test_the_page_shows_the_networks_lines_and_the_learners_source(name, line, source, shown, tmp_path):
    exercise = find(name)
    shown(exercise, exercise.solution)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert line in page
    assert source in page
    assert "answer.py:" in page
    assert "replay.py:" not in page
