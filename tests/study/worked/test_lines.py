"""The exact text of the lines, for common operations and for those that are easily misread."""

import numpy as np
import pytest

from tests.study.graphs import record_loss
from tests.study.worked.reading import leaf, main, worked
from tinygrad_dropout import functional as F
from tinygrad_dropout.study.worked import saved_values

LOGITS = np.log([[0.2, 0.7, 0.1], [0.5, 0.25, 0.25]])


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
def test_the_gradient_of_cross_entropy_is_p_minus_target(case):
    target, reduction, expected = CROSS_ENTROPIES[case]
    logits = leaf(LOGITS[: len(target)], "logits")
    recorded = record_loss(lambda: F.cross_entropy(logits, np.array(target), reduction=reduction))
    assert str(main(worked(recorded, "cross_entropy", 1))) == f"dL/dlogits[0, 1] = {expected}"


def test_saved_values_of_cross_entropy_have_one_row_per_example():
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


def test_a_probability_close_to_1_gets_enough_digits():
    logits = leaf([[0.0, 12.0]], "logits")
    found = worked(record_loss(lambda: F.cross_entropy(logits, [1])), "cross_entropy", 1)
    assert main(found).numbers == "1 × (0.99999386 − 1) / 1"
    assert main(found).result == "−6.144e−6"


def test_the_remark_names_the_label():
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
    "a tie": (lambda x: (x * 0.0).max(), "max", 0,
              ("0 is the largest and occurs 2 times, so the gradient is shared equally",)),
    "not the largest": (lambda x: x.max(), "max", 0, ("1 is not the largest: 3 is",)),
    "picked twice": (lambda x: x[[1, 1]].sum(), "getitem", 1,
                     ("this entry was picked twice, so its gradients add up",)),
    "not picked": (lambda x: x[[1, 1]].sum(), "getitem", 0, ("this entry was not picked",)),
    "looked up": (lambda x: F.embedding([0, 0], x.reshape(2, 1)).sum(), "embedding", 0,
                  ("row 0 was looked up twice, so its gradients add up",)),
    "padding": (lambda x: F.embedding([0, 1], x.reshape(2, 1), padding_idx=1).sum(), "embedding", 1,
                ("row 1 is the padding row, which gets no gradient",)),
    "moved": (lambda x: x.reshape(1, 2).sum(), "reshape", 1, ("this entry became entry [0, 1] of the result",)),
    "stretched": (lambda x: (x * np.ones((3, 2))).sum(), "multiply", 0,
                  ("it was used 3 times, so its gradients add up",)),
    "dropped": (lambda x: F.dropout(x, 0.5, mask=np.array([True, False])).sum(), "dropout", 1,
                ("this unit was dropped in the forward pass",)),
    "off": (lambda x: (x - 2.0).relu().sum(), "relu", 0, ("x = −1",)),
}  # fmt: skip


KINKS = {
    "relu": (lambda x: x.relu(), "upstream × (1 if x > 0, else 0) = 1 × 0 = 0"),
    "leaky_relu": (lambda x: F.leaky_relu(x, 0.5), "upstream × (1 if x > 0, else negative_slope) = 1 × 0.5 = 0.5"),
    "abs": (lambda x: x.abs(), "upstream × sign(x) = 1 × 0 = 0"),
    "clip": (lambda x: F.clip(x, 0, 0), "upstream × (1 if min ≤ x ≤ max, else 0) = 1 × 1 = 1"),
    "maximum": (lambda x: F.maximum(x, 0.0), "upstream × (1 if x > y, 0.5 if x = y, else 0) = 1 × 0.5 = 0.5"),
    "minimum": (lambda x: F.minimum(x, 0.0), "upstream × (1 if x < y, 0.5 if x = y, else 0) = 1 × 0.5 = 0.5"),
    "l1_loss": (lambda x: F.l1_loss(x, 0.0, reduction="sum"), "upstream × sign(input − target) = 1 × 0 = 0"),
}


@pytest.mark.parametrize("operation", KINKS)
def test_at_a_kink_the_line_shows_what_the_operation_chose(operation):
    make, expected = KINKS[operation]
    found = worked(record_loss(lambda: make(leaf(0.0)) * 1.0), operation, 0)
    assert found.by_rule
    assert str(main(found)) == f"dL/dx = {expected}"


X, Y = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[7.0], [9.0]])
PRODUCTS = {
    "to x": (X, Y, 0, 3, "dL/dx[1, 1] = upstream × y = 1 × 9 = 9", ("row 1 of dL/dmatmul times row 1 of y",)),
    "to y": (X, Y, 1, 1, "dL/dy[1, 0] = Σ upstream × x = 1 × 2 + 1 × 5 = 7",
             ("column 0 of dL/dmatmul times column 1 of x",)),
    "of a row": (X[0], Y, 1, 1, "dL/dy[1, 0] = upstream × x = 1 × 2 = 2", ()),
    "of a stretched matrix": (np.stack([X, X + 1]), Y, 1, 0,
                              "dL/dy[0, 0] = Σ upstream × x = 1 × 1 + 1 × 3 + 1 × 2 + 1 × 4 = 10",
                              ("column 0 of dL/dmatmul times column 0 of x, summed over all matrices of the stack",)),
    "of one of a stack": (np.stack([X, X + 1]), Y, 0, 4, "dL/dx[1, 0, 0] = upstream × y = 1 × 7 = 7",
                          ("row 0 of dL/dmatmul times row 0 of y, in the same matrix of the stack",)),
}  # fmt: skip


@pytest.mark.parametrize("case", PRODUCTS)
def test_a_matrix_product_names_the_row_and_column(case):
    x, y, position, entry, expected, remarks = PRODUCTS[case]
    x, y = leaf(x), leaf(y, "y")
    found = worked(record_loss(lambda: (x @ y).sum()), "matmul", entry, position)
    assert str(main(found)) == expected
    assert found.remarks == remarks


SAVED = {
    "getitem": (lambda x: x.reshape(2, 1)[np.array([0, 1]), 0:1, ...], {"index": "[0, 1], 0:1, ..."}),
    "getitem with a step": (lambda x: x[::2], {"index": "::2"}),
    "softmax": (F.softmax, {"p": None, "axis": -1}),
    "gelu": (F.gelu, {"Φ(x)": None}),
    "gelu by tanh": (lambda x: F.gelu(x, approximate="tanh"), {"t": None}),
    "standardize": (lambda x: F.layer_norm(x, 2), {"1 / σ": None}),
    "dropout": (lambda x: F.dropout(x, 0.5), {"mask": None, "p": 0.5, "scaling": "train"}),
}


@pytest.mark.parametrize("case", SAVED)
def test_saved_values_have_the_names_in_the_rule(case):
    operation, expected = SAVED[case]
    recorded = record_loss(lambda: operation(leaf([1.0, 3.0])))
    saved = saved_values(recorded, recorded.nodes[-1])
    assert {name: value for name, value in expected.items() if value is not None and saved[name] != value} == {}
    assert set(expected) <= set(saved)
    assert "inverse_deviation" not in saved


@pytest.mark.parametrize("case", REMARKS)
def test_remarks_say_where_the_numbers_come_from(case):
    loss, operation, entry, expected = REMARKS[case]
    x = leaf([1.0, 3.0])
    assert worked(record_loss(lambda: loss(x)), operation, entry).remarks == expected


def test_a_long_sum_shows_its_largest_terms_and_the_total_of_the_others():
    x, b = leaf([[1.0, -2.0, 3.0, 4.0, -5.0, 6.0, 7.0, 8.0]]), leaf([0.0], "b")
    found = worked(record_loss(lambda: (x * b).sum()), "multiply", 0, position=1)
    assert main(found).numbers == "1 × 3 + 1 × 4 + 1 × −5 + 1 × 6 + 1 × 7 + 1 × 8 + (2 more: −1)"
    assert main(found).symbols == "Σ upstream × x"
