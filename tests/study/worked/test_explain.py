"""The line that is shown: the operation's rule if it gives the result, else the local derivatives; and the bugs."""

import numpy as np
import pytest

from tests.study.graphs import record_loss, stopped
from tests.study.worked.reading import calculate, check, leaf, main, worked
from tinygrad_dropout import functional as F
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.functional._activations import tanh_backward
from tinygrad_dropout.study.bugs import BUGS, Bug
from tinygrad_dropout.study.derivatives import Derivatives
from tinygrad_dropout.study.worked import explain, rules, saved_values
from tinygrad_dropout.study.worked.formula import Quantity
from tinygrad_dropout.study.wrong_run import run_with_bug


def doubled_backward(grad, x):
    """dL/dx = 2 grad."""
    return (2 * grad,)


def test_an_operation_of_your_own_is_worked_out_by_its_local_derivatives():
    x = leaf([1.0, 3.0])
    recorded = record_loss(lambda: record(2 * x.data, (x,), doubled_backward).sum())
    recorded.nodes[1].forward = lambda x: record(2 * x.data, (x,), doubled_backward)
    found = worked(recorded, "doubled", 1)
    assert str(main(found)) == "dL/dx[1] = upstream × local = 1 × 2 = 2"
    assert not found.by_rule


def test_a_rule_that_contradicts_the_step_is_not_shown(monkeypatch):
    monkeypatch.setitem(rules.RULES, tanh_backward, lambda entry: entry.grad(entry.index) * Quantity("wrong", 0.9))
    found = worked(record_loss(lambda: leaf([1.0, 3.0]).tanh().sum()), "tanh", 0)
    assert str(main(found)) == "dL/dx[0] = upstream × local = 1 × 0.42 = 0.42"


def test_a_sum_that_is_too_long_is_explained_by_local_derivatives(monkeypatch):
    monkeypatch.setattr(rules, "MAX_SUMMED", 2)
    found = worked(record_loss(lambda: (leaf([1.0, 3.0, 2.0]).log_softmax() * np.ones(3)).sum()), "log_softmax", 0)
    assert not found.by_rule


def test_a_parent_without_gradient_is_not_worked_out():
    x = leaf([1.0, 2.0])
    recorded = record_loss(lambda: (stopped(x) + x).sum())
    (step,) = [n for n, one in enumerate(recorded.steps) if recorded.nodes[one.node].operation == "stopped"]
    assert explain(Derivatives(recorded), step, 0, 0) is None


BUGGY = {
    "dropout": lambda x: (F.dropout(x, 0.4, mask=np.array([True, False])) * np.array([1.0, -3.0])).sum(),
    "relu": lambda x: ((x - 2.0).relu() * np.array([1.0, -3.0])).sum(),
    "linear": lambda x: F.linear(x.reshape(2, 1), leaf([[2.0]], "w"), leaf([1.0], "b")).sum(),
    "cross_entropy": lambda x: F.cross_entropy(x.reshape(1, 2).T @ leaf([[1.0, 2.0, 4.0]], "y"), [1, 0]),
    "multiply": lambda x: (x * leaf([5.0, 7.0], "y")).sum() * 3.0,
}


@pytest.mark.parametrize("name", BUGS)
def test_a_bug_shows_which_factor_is_wrong(name):
    x = leaf([1.0, 3.0])
    operation = BUGS[name].operation
    wrong = run_with_bug(record_loss(lambda: BUGGY[operation](x)), BUGS[name])
    derivatives = Derivatives(wrong)
    for number, step in enumerate(wrong.steps):
        for position, contribution in enumerate(step.contributions):
            for entry in range(0 if contribution.value is None else contribution.value.size):
                found = explain(derivatives, number, position, entry)
                assert found is not None
                assert found.by_rule or name == "backward-uses-another-mask"
                check(found, float(contribution.value.reshape(-1)[entry]))


def test_displayed_expressions_can_be_calculated():
    assert calculate("−2 × (1.5 − (−0.5)²) / 2 + (3 more: −0.25)") == -1.5
    assert calculate("2^(3 − 1) + e^(0) + ln(1)") == 5


def test_a_bug_has_the_saved_values_of_the_correct_backward():
    def mine(grad, scores, *others):
        """dL/dscores = 0"""
        return (0 * scores.data,)

    recorded = record_loss(lambda: F.cross_entropy(leaf([[1.0, 2.0]]), [1]))
    wrong = run_with_bug(recorded, Bug("cross_entropy", mine, "no gradient"))
    assert list(saved_values(wrong, wrong.nodes[-1])) == ["p = softmax(logits)", "target (labels 1)", "reduction"]
    found = explain(Derivatives(wrong), 0, 0, 1)
    assert found is not None
    assert str(main(found)) == "dL/dx[0, 1] = 0"
