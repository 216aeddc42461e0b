"""A pass with a bug in it: which bugs there are, what is refused, and where it parts from the right one."""

from functools import partial

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.study.graphs import record_loss
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.study.bugs import BUGS, Bug
from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.trace import Contribution, Pass, Step
from tinygrad_dropout.study.wrong_run import Difference, find_bug, first_difference, in_words, with_bug


def tensor(array: np.ndarray, name: str) -> td.Tensor:
    return td.Tensor(array, requires_grad=True, name=name)


# Which bug ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BUGS)
def test_a_bug_is_found_by_its_name_and_says_what_it_is(name):
    bug = find_bug(name)
    assert bug is BUGS[name]
    assert bug.backward.__name__ == name.replace("-", "_").replace("/", "_over_")
    assert bug.says
    assert bug.says[0].islower()
    assert not bug.says.endswith(".")
    assert bug.backward.__doc__.startswith("dL/d")


def test_an_unknown_bug_is_refused_with_the_names_of_all():
    with pytest.raises(StudyError, match=r'bug: expected one of backward-forgets.*upstream-ignored; got "typo"'):
        find_bug("typo")


def test_a_bug_in_an_operation_that_the_pass_does_not_have_is_refused():
    x = tensor(np.array([1.0, 2.0]), "x")
    recorded = record_loss(lambda: x.tanh().sum())
    words = r"bug relu-ignored: expected a backward pass that goes through relu, got one through sum, tanh"
    with pytest.raises(StudyError, match=words):
        with_bug(recorded, BUGS["relu-ignored"])


def test_a_pass_that_cannot_be_done_again_cannot_have_a_bug():
    x = tensor(np.array([1.0, 2.0]), "x")
    recorded = record_loss(lambda: record(x.data * 2, (x.relu(),), lambda grad, x: (2 * grad,)))
    with pytest.raises(StudyError, match=r"expected a function <lambda> next to <lambda>"):
        with_bug(recorded, BUGS["relu-ignored"])


def test_a_bug_of_ones_own_can_be_any_function():
    def upside_down(grad, x, out):
        """dL/dx = -grad"""
        return (-grad,)

    x = tensor(np.array([-1.0, 2.0]), "x")
    recorded = record_loss(lambda: x.relu().sum())
    wrong = with_bug(recorded, Bug("relu", upside_down, "the sign is wrong"))
    np.testing.assert_array_equal(wrong.gradients()[0], [-1, -1])
    assert wrong.nodes[1].rule == "dL/dx = -grad"


def test_a_bug_that_stops_the_gradient_shows_in_that_step():
    def forgotten(grad, x, out):
        """dL/dx: forgotten"""
        return (None,)

    x = tensor(np.array([-1.0, 2.0]), "x")
    recorded = record_loss(lambda: (x * 2).relu().sum())
    wrong = with_bug(recorded, Bug("relu", forgotten, "no gradient at all"))
    assert [len(recorded.steps), len(wrong.steps)] == [3, 2]
    assert first_difference(recorded, wrong) == Difference(1, 0, 0, 0.0, None)


# The first difference -------------------------------------------------------------------------------------------------


def a_pass(*steps: list[float | None]) -> Pass:
    """One step for each list, whose numbers are its contributions."""
    return Pass(1, "", [], [
        Step(0, np.array(1.0), [
            Contribution(0, None, (), None if given is None else np.array([given, 1.0]), None, None, 0)
            for given in contributions
        ])
        for contributions in steps
    ])  # fmt: skip


DIFFERENCES = [
    ("the same", [[1], [2, 3]], [[1], [2, 3]], None),
    ("rounded otherwise", [[1], [2, 3]], [[1 + 1e-7], [2, 3]], None),
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


def test_a_difference_is_told_by_the_entry_that_differs_most():
    x = tensor(np.array([[-1.0, 2.0], [-3.0, 4.0]]), "x")
    scale = np.array([[1.0, 1.0], [5.0, 1.0]])
    recorded = record_loss(lambda: (x.relu() * scale).sum())
    found = first_difference(recorded, with_bug(recorded, BUGS["relu-ignored"]))
    assert found == Difference(2, 0, 2, 0.0, 5.0)
    assert in_words(recorded, found) == "dL/dx[1, 0] is 0, with the bug 5"


def test_where_one_is_no_number_that_is_the_largest_difference():
    def lost(grad, x, out):
        """dL/dx = grad, and nan where x is off"""
        return (np.where(out > 0, grad + 1, np.nan),)

    x = tensor(np.array([2.0, -1.0, 3.0]), "x")
    recorded = record_loss(lambda: x.relu().sum())
    found = first_difference(recorded, with_bug(recorded, Bug("relu", lost)))
    assert (found.entry, found.right) == (1, 0.0)
    assert in_words(recorded, found) == "dL/dx[1] is 0, with the bug nan"


def test_what_one_of_the_two_does_not_give_is_told():
    x = tensor(np.array([1.0, 2.0]), "x")
    recorded = record_loss(lambda: x.relu().sum())
    assert in_words(recorded, Difference(1, 0, 0, 3.0, None)) == "dL/dx[0] is 3, with the bug not given"
    assert in_words(recorded, Difference(1, 0, 1, None, 4.0)) == "dL/dx[1] is not given, with the bug 4"
    assert in_words(recorded, Difference(2, 0, 0, None, None)) == "one run takes more steps"


def test_a_bug_that_fails_is_said_in_a_sentence():
    x = tensor(np.array([1.0, 2.0]), "x")
    recorded = record_loss(lambda: x.relu().sum())
    for backward in (lambda grad, x, out: 1 / 0, lambda grad, x, out: (np.ones(7),), lambda grad: (grad,)):
        with pytest.raises(StudyError, match="bug mine: its backward function failed: "):
            with_bug(recorded, Bug("relu", backward, name="mine"))


def test_something_else_than_a_bug_is_refused():
    with pytest.raises(StudyError, match=r"expected a name or a study.Bug\(operation, backward, says\), got len"):
        find_bug(len)


def test_a_bug_without_a_name_goes_by_its_functions():
    def my_relu(grad, x, out):
        return (grad,)

    assert Bug("relu", my_relu).name == "my-relu"
    assert Bug("relu", partial(my_relu)).name == "partial"
