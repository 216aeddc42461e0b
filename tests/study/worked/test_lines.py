"""What the lines say, word for word: the operations that a reader meets first, and those that are easily misread."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.study.graphs import record_loss, stopped
from tests.study.worked.reading import calculate, check, main
from tinygrad_dropout import functional as F
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.functional._activations import tanh_backward
from tinygrad_dropout.study.bugs import BUGS
from tinygrad_dropout.study.derivatives import Derivatives
from tinygrad_dropout.study.trace import Pass
from tinygrad_dropout.study.worked import explain, rules, saved_values
from tinygrad_dropout.study.worked.explain import Worked
from tinygrad_dropout.study.worked.formula import Quantity
from tinygrad_dropout.study.wrong_run import with_bug

LOGITS = np.log([[0.2, 0.7, 0.1], [0.5, 0.25, 0.25]])


def leaf(data, name: str = "x") -> td.Tensor:
    return td.Tensor(np.array(data, dtype=float), requires_grad=True, name=name)


def worked(recorded: Pass, operation: str, entry: int, position: int = 0) -> Worked:
    """How an entry of what the only step of that operation gives is worked out."""
    (step,) = [n for n, one in enumerate(recorded.steps) if recorded.nodes[one.node].operation == operation]
    found = explain(Derivatives(recorded), step, position, entry)
    assert found is not None
    contribution = recorded.steps[step].contributions[position].value
    check(found, float(contribution.reshape(-1)[entry]))
    return found


CROSS_ENTROPIES = {
    "labels, mean": ([1, 0], "mean", "upstream × (p − target) / N = 1 × (0.7 − 1) / 2 = −0.15"),
    "labels, sum": ([1, 0], "sum", "upstream × (p − target) = 1 × (0.7 − 1) = −0.3"),
    "labels, none": ([1, 0], "none", "upstream[0] × (p − target) = 1 × (0.7 − 1) = −0.3"),
    "another label": ([2, 0], "mean", "upstream × (p − target) / N = 1 × (0.7 − 0) / 2 = 0.35"),
    "probabilities": ([[0.0, 0.75, 0.25], [1.0, 0.0, 0.0]], "mean",
                      "upstream × (p − target) / N = 1 × (0.7 − 0.75) / 2 = −0.025"),
    "one row": ([1], "mean", "upstream × (p − target) / N = 1 × (0.7 − 1) / 1 = −0.3"),
}  # fmt: skip


@pytest.mark.parametrize("case", CROSS_ENTROPIES)
def test_the_gradient_of_cross_entropy_is_p_less_target(case):
    target, reduction, expected = CROSS_ENTROPIES[case]
    logits = leaf(LOGITS[: len(target)], "logits")
    recorded = record_loss(lambda: F.cross_entropy(logits, np.array(target), reduction=reduction))
    assert str(main(worked(recorded, "cross_entropy", 1))) == f"dL/dlogits[0, 1] = {expected}"


def test_what_cross_entropy_saved_has_a_row_for_each_example():
    logits = leaf(LOGITS, "logits")
    recorded = record_loss(lambda: F.cross_entropy(logits, np.array([1, 0])))
    saved = saved_values(recorded, recorded.nodes[-1])
    assert list(saved) == ["p = softmax(logits)", "target (labels 1, 0)", "reduction"]
    np.testing.assert_allclose(saved["p = softmax(logits)"], np.exp(LOGITS), rtol=1e-12)
    np.testing.assert_array_equal(saved["target (labels 1, 0)"], [[0, 1, 0], [1, 0, 0]])


def test_target_probabilities_and_many_labels_are_readable():
    logits = leaf(np.zeros((20, 2)), "logits")
    many = record_loss(lambda: F.cross_entropy(logits, np.zeros(20, int)))
    assert "target (labels 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, …)" in saved_values(many, many.nodes[-1])
    given = np.full((20, 2), 0.5)
    probabilities = record_loss(lambda: F.cross_entropy(logits, given))
    np.testing.assert_array_equal(saved_values(probabilities, probabilities.nodes[-1])["target"], given)
    nll = record_loss(lambda: F.nll_loss(logits, np.ones(20, int)))
    (name, *_) = saved_values(nll, nll.nodes[-1])
    assert name.startswith("target (labels 1, 1")


def test_a_probability_close_to_1_gets_the_digits_that_the_line_needs():
    logits = leaf([[0.0, 12.0]], "logits")
    found = worked(record_loss(lambda: F.cross_entropy(logits, [1])), "cross_entropy", 1)
    assert main(found).numbers == "1 × (0.99999386 − 1) / 1"
    assert main(found).result == "−6.144e−6"


def test_the_label_is_named():
    logits = leaf(LOGITS, "logits")
    found = worked(record_loss(lambda: F.cross_entropy(logits, np.array([1, 0]))), "cross_entropy", 1)
    assert found.remarks == ("the label of row 0 is 1", "N: the mean is over 2 losses")


LINES = {
    "mse_loss": (lambda x: F.mse_loss(x, np.array([1.0, 4.0])), 1, 0,
                 ["dL/dx[1] = upstream × 2 × (input − target) / N = 1 × 2 × (3 − 4) / 2 = −1"]),
    "nll_loss": (lambda x: F.nll_loss(x.reshape(1, 2), [1]), 1, 0,
                 ["dL/dreshape[0, 1] = upstream × −target / N = 1 × −1 / 1 = −1"]),
    "binary_cross_entropy_with_logits": (
        lambda x: F.binary_cross_entropy_with_logits(x, np.array([1.0, 0.0])), 1, 0,
        ["dL/dx[1] = upstream × (s − target) / N = 1 × (0.9526 − 0) / 2 = 0.4763",
         "s = 1 / (1 + e^(−z)) = 1 / (1 + e^(−3)) = 0.9526"]),
    "softmax": (lambda x: (F.softmax(x) * np.array([1.0, 3.0])).sum(), 0, 0,
                ["dL/dx[0] = p × (upstream − s) = 0.1192 × (1 − 2.762) = −0.21",
                 "s = Σ upstream × p = 1 × 0.1192 + 3 × 0.8808 = 2.762"]),
    "log_softmax": (lambda x: (F.log_softmax(x) * np.array([1.0, 3.0])).sum(), 0, 0,
                    ["dL/dx[0] = upstream − p × s = 1 − 0.1192 × 4 = 0.5232",
                     "s = Σ upstream = 1 + 3 = 4"]),
    "sum": (lambda x: x.sum(), 1, 0, ["dL/dx[1] = upstream = 1"]),
    "mean": (lambda x: x.mean(), 1, 0, ["dL/dx[1] = upstream / N = 1 / 2 = 0.5"]),
    "var": (lambda x: x.var(), 1, 0,
            ["dL/dx[1] = upstream × 2 × (x − mean) / (N − correction) = 1 × 2 × (3 − 2) / (2 − 1) = 2"]),
    "std": (lambda x: x.std(correction=0), 1, 0,
            ["dL/dx[1] = upstream × (x − mean) / (std × N) = 1 × (3 − 2) / (1 × 2) = 0.5"]),
    "max": (lambda x: x.max(), 1, 0, ["dL/dx[1] = upstream × 1 = 1 × 1 = 1"]),
    "min": (lambda x: (x * 0.0).min(), 1, 0, ["dL/dmultiply[1] = upstream / ties = 1 / 2 = 0.5"]),
    "getitem": (lambda x: (x[[0, 1, 0]] * np.array([2.0, 1.0, 5.0])).sum(), 0, 0,
                ["dL/dx[0] = upstream[0] + upstream[2] = 2 + 5 = 7"]),
    "add": (lambda x: (x + np.zeros((3, 2))).sum(), 0, 0, ["dL/dx[0] = Σ upstream = 1 + 1 + 1 = 3"]),
    "tanh": (lambda x: x.tanh().sum(), 0, 0, ["dL/dx[0] = upstream × (1 − out²) = 1 × (1 − 0.7616²) = 0.42"]),
    "clip": (lambda x: F.clip(x, 0, 2).sum(), 1, 0,
             ["dL/dx[1] = upstream × (1 if min ≤ x ≤ max, else 0) = 1 × 0 = 0"]),
    "power": (lambda x: (x**3).sum(), 1, 0, ["dL/dx[1] = upstream × y × x^(y − 1) = 1 × 3 × 3^(3 − 1) = 27"]),
    "dropout": (lambda x: F.dropout(x, 0.6, mask=np.array([True, False])).sum(), 0, 0,
                ["dL/dx[0] = upstream × mask / (1 − p) = 1 × 1 / (1 − 0.6) = 2.5"]),
    "linear": (lambda x: F.linear(x, np.array([[1.0, 2.0], [3.0, 4.0]])).sum(), 1, 0,
               ["dL/dx[1] = Σ upstream × W = 1 × 2 + 1 × 4 = 6"]),
    "concatenate": (lambda x: F.concatenate([np.zeros(3), x]).sum(), 1, 1, ["dL/dx[1] = upstream[4] = 1"]),
    "permute": (lambda x: x.reshape(1, 2).T.sum(), 1, 0, ["dL/dreshape[0, 1] = upstream[1, 0] = 1"]),
}  # fmt: skip


@pytest.mark.parametrize("operation", LINES)
def test_a_line_is_the_rule_then_its_numbers_then_the_result(operation):
    loss, entry, position, expected = LINES[operation]
    x = leaf([1.0, 3.0])
    assert [str(line) for line in worked(record_loss(lambda: loss(x)), operation, entry, position).lines] == expected


REMARKS = {
    "a tie": (lambda x: (x * 0.0).max(), "max", 0, ("0 is the largest, and is there 2 times: a tie is shared",)),
    "not the largest": (lambda x: x.max(), "max", 0, ("1 is not the largest: 3 is",)),
    "picked twice": (lambda x: x[[1, 1]].sum(), "getitem", 1,
                     ("this entry was picked 2 times, so its gradients add up",)),
    "not picked": (lambda x: x[[1, 1]].sum(), "getitem", 0, ("this entry was not picked",)),
    "looked up": (lambda x: F.embedding([0, 0], x.reshape(2, 1)).sum(), "embedding", 0,
                  ("row 0 was looked up 2 times, so its gradients add up",)),
    "padding": (lambda x: F.embedding([0, 1], x.reshape(2, 1), padding_idx=1).sum(), "embedding", 1,
                ("row 1 is the padding, which gets no gradient",)),
    "moved": (lambda x: x.reshape(1, 2).sum(), "reshape", 1, ("this entry became entry [0, 1] of the result",)),
    "stretched": (lambda x: (x * np.ones((3, 2))).sum(), "multiply", 0,
                  ("it was used 3 times: the gradients of all uses add up",)),
    "dropped": (lambda x: F.dropout(x, 0.5, mask=np.array([True, False])).sum(), "dropout", 1, ("dropped",)),
    "off": (lambda x: (x - 2.0).relu().sum(), "relu", 0, ("x = −1",)),
}  # fmt: skip


@pytest.mark.parametrize("case", REMARKS)
def test_remarks_say_where_the_numbers_come_from(case):
    loss, operation, entry, expected = REMARKS[case]
    x = leaf([1.0, 3.0])
    assert worked(record_loss(lambda: loss(x)), operation, entry).remarks == expected


def test_of_a_long_sum_the_largest_terms_are_written_and_the_others_added_up():
    x, b = leaf([[1.0, -2.0, 3.0, 4.0, -5.0, 6.0, 7.0, 8.0]]), leaf([0.0], "b")
    found = worked(record_loss(lambda: (x * b).sum()), "multiply", 0, position=1)
    assert main(found).numbers == "1 × 3 + 1 × 4 + 1 × −5 + 1 × 6 + 1 × 7 + 1 × 8 + (2 more: −1)"
    assert main(found).symbols == "Σ upstream × x"


# Operations of your own, and rules that do not fit --------------------------------------------------------------------


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


def test_a_rule_that_does_not_give_what_the_step_gave_is_not_shown(monkeypatch):
    monkeypatch.setitem(rules.RULES, tanh_backward, lambda entry: entry.grad(entry.index) * Quantity("wrong", 0.9))
    found = worked(record_loss(lambda: leaf([1.0, 3.0]).tanh().sum()), "tanh", 0)
    assert str(main(found)) == "dL/dx[0] = upstream × local = 1 × 0.42 = 0.42"


def test_a_sum_that_is_too_long_is_left_to_the_local_derivatives(monkeypatch):
    monkeypatch.setattr(rules, "MOST_SUMMED", 2)
    found = worked(record_loss(lambda: (leaf([1.0, 3.0, 2.0]).log_softmax() * np.ones(3)).sum()), "log_softmax", 0)
    assert not found.by_rule


def test_what_gets_no_gradient_is_not_worked_out():
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
    wrong = with_bug(record_loss(lambda: BUGGY[operation](x)), BUGS[name])
    derivatives = Derivatives(wrong)
    for number, step in enumerate(wrong.steps):
        for position, contribution in enumerate(step.contributions):
            for entry in range(0 if contribution.value is None else contribution.value.size):
                found = explain(derivatives, number, position, entry)
                assert found is not None
                assert found.by_rule or name == "backward-uses-another-mask"
                check(found, float(contribution.value.reshape(-1)[entry]))


def test_a_calculator_reads_what_is_displayed():
    assert calculate("−2 × (1.5 − (−0.5)²) / 2 + (3 more: −0.25)") == -1.5
    assert calculate("2^(3 − 1) + e^(0) + ln(1)") == 5
