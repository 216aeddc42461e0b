"""A pass with a bug: finding the bug by name, error messages, and the first step that differs."""

from functools import partial

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.study.graphs import record_loss
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.study.bugs import BUGS, Bug
from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.trace import Contribution, Pass, Step
from tinygrad_dropout.study.wrong_run import Difference, describe_difference, find_bug, first_difference, run_with_bug


def tensor(array: np.ndarray, name: str) -> td.Tensor:
    return td.Tensor(array, requires_grad=True, name=name)


# Which bug ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BUGS)
def test_a_bug_is_found_by_its_name_and_has_a_description(name):
    bug = find_bug(name)
    assert bug is BUGS[name]
    assert bug.backward.__name__ == name.replace("-", "_").replace("/", "_over_")
    assert bug.description
    assert bug.description[0].islower()
    assert not bug.description.endswith(".")
    assert bug.backward.__doc__.startswith("dL/d")


def test_an_unknown_bug_is_refused_with_a_list_of_all_names():
    with pytest.raises(StudyError, match=r'bug: expected one of backward-forgets.*upstream-ignored; got "typo"'):
        find_bug("typo")


def test_a_bug_in_an_operation_that_did_not_run_is_refused():
    x = tensor(np.array([1.0, 2.0]), "x")
    recorded = record_loss(lambda: x.tanh().sum())
    words = r"bug relu-ignored: expected a backward pass that goes through relu, got one through sum, tanh"
    with pytest.raises(StudyError, match=words):
        run_with_bug(recorded, BUGS["relu-ignored"])


def test_a_pass_that_cannot_be_rerun_cannot_have_a_bug():
    x = tensor(np.array([1.0, 2.0]), "x")
    recorded = record_loss(lambda: record(x.data * 2, (x.relu(),), lambda grad, x: (2 * grad,)))
    with pytest.raises(StudyError, match=r"expected a function <lambda> next to <lambda>"):
        run_with_bug(recorded, BUGS["relu-ignored"])


def test_a_bug_of_your_own_can_be_any_function():
    def upside_down(grad, x, out):
        """dL/dx = -grad"""
        return (-grad,)

    x = tensor(np.array([-1.0, 2.0]), "x")
    recorded = record_loss(lambda: x.relu().sum())
    wrong = run_with_bug(recorded, Bug("relu", upside_down, "the sign is wrong"))
    np.testing.assert_array_equal(wrong.gradients()[0], [-1, -1])
    assert wrong.nodes[1].rule == "dL/dx = -grad"


def test_a_bug_that_stops_the_gradient_shows_in_that_step():
    def forgotten(grad, x, out):
        """dL/dx: forgotten"""
        return (None,)

    x = tensor(np.array([-1.0, 2.0]), "x")
    recorded = record_loss(lambda: (x * 2).relu().sum())
    wrong = run_with_bug(recorded, Bug("relu", forgotten, "no gradient at all"))
    assert [len(recorded.steps), len(wrong.steps)] == [3, 2]
    assert first_difference(recorded, wrong) == Difference(1, 0, 0, 0.0, None)


# The first difference -------------------------------------------------------------------------------------------------


def a_pass(*steps: list[float | None]) -> Pass:
    """Make a pass with one step for each list. The numbers are its contributions."""
    return Pass(1, "", [], [
        Step(0, np.array(1.0), [
            Contribution(0, None, (), None if given is None else np.array([given, 1.0]), None, None, 0)
            for given in contributions
        ])
        for contributions in steps
    ])  # fmt: skip


DIFFERENCES = [
    ("the same", [[1], [2, 3]], [[1], [2, 3]], None),
    ("rounded differently", [[1], [2, 3]], [[1 + 1e-7], [2, 3]], None),
    ("a little", [[1e-9], [2]], [[1.001e-9], [2]], 0),
    ("the second parent", [[1], [2, 3]], [[1], [2, 4]], 1),
    ("the sign", [[1], [2], [3]], [[1], [2], [-3]], 2),
    ("none where there was one", [[1], [2]], [[1], [None]], 1),
    ("one where there was none", [[None], [2]], [[1], [2]], 0),
    ("none in both", [[None, 2]], [[None, 2]], None),
    ("not a number in both", [[float("nan")]], [[float("nan")]], None),
    ("fewer steps", [[1], [2]], [[1]], 1),
    ("more steps", [[1]], [[1], [2]], 1),
    ("the first of two", [[1], [2], [3]], [[1], [0], [0]], 1),
]


@pytest.mark.parametrize(
    ("one", "other", "expected"), [row[1:] for row in DIFFERENCES], ids=[r[0] for r in DIFFERENCES]
)
def test_the_first_step_that_differs(one, other, expected):
    found = first_difference(a_pass(*one), a_pass(*other))
    assert (None if found is None else found.step) == expected


def test_a_difference_is_described_by_the_entry_that_differs_most():
    x = tensor(np.array([[-1.0, 2.0], [-3.0, 4.0]]), "x")
    scale = np.array([[1.0, 1.0], [5.0, 1.0]])
    recorded = record_loss(lambda: (x.relu() * scale).sum())
    found = first_difference(recorded, run_with_bug(recorded, BUGS["relu-ignored"]))
    assert found == Difference(2, 0, 2, 0.0, 5.0)
    assert describe_difference(recorded, found) == "dL/dx[1, 0] is 0, but 5 with the bug"


def test_a_nan_is_the_largest_difference():
    def lost(grad, x, out):
        """dL/dx = grad, and nan where x is off"""
        return (np.where(out > 0, grad + 1, np.nan),)

    x = tensor(np.array([2.0, -1.0, 3.0]), "x")
    recorded = record_loss(lambda: x.relu().sum())
    found = first_difference(recorded, run_with_bug(recorded, Bug("relu", lost)))
    assert (found.entry, found.right) == (1, 0.0)
    assert describe_difference(recorded, found) == "dL/dx[1] is 0, but nan with the bug"


def test_a_missing_contribution_is_described():
    x = tensor(np.array([1.0, 2.0]), "x")
    recorded = record_loss(lambda: x.relu().sum())
    assert describe_difference(recorded, Difference(1, 0, 0, 3.0, None)) == "dL/dx[0] is 3, but missing with the bug"
    assert describe_difference(recorded, Difference(1, 0, 1, None, 4.0)) == "dL/dx[1] is missing, but 4 with the bug"
    assert describe_difference(recorded, Difference(2, 0, 0, None, None)) == "one run takes more steps"


def test_a_bug_that_fails_is_reported_in_a_sentence():
    x = tensor(np.array([1.0, 2.0]), "x")
    recorded = record_loss(lambda: x.relu().sum())
    for backward in (lambda grad, x, out: 1 / 0, lambda grad, x, out: (np.ones(7),), lambda grad: (grad,)):
        with pytest.raises(StudyError, match="bug mine: its backward function failed: "):
            run_with_bug(recorded, Bug("relu", backward, name="mine"))


def test_anything_but_a_bug_is_refused():
    with pytest.raises(
        StudyError, match=r"expected a name or a study.Bug\(operation, backward, description\), got len"
    ):
        find_bug(len)


def test_a_bug_without_a_name_is_named_after_its_function():
    def my_relu(grad, x, out):
        return (grad,)

    assert Bug("relu", my_relu).name == "my-relu"
    assert Bug("relu", partial(my_relu)).name == "partial"
