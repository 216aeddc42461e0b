"""Local derivatives: the backward functions agree with central differences, and the products add up."""

import numpy as np
import pytest
from hypothesis import assume, given, settings

import tinygrad_dropout as td
from tests.functional.table import OPERATIONS
from tests.study.graphs import generator_state, programs, record_loss, record_program
from tinygrad_dropout import functional as F
from tinygrad_dropout import study
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.study import derivatives as module
from tinygrad_dropout.study.derivatives import Derivatives, Sum, Term
from tinygrad_dropout.study.rerun import run_again
from tinygrad_dropout.study.trace import Pass

often = settings(max_examples=60)
STEP = 1e-6


def at_a_kink(recorded: Pass) -> bool:
    """Return whether a ReLU in the pass has an input too close to 0 for central differences."""
    inputs = [recorded.nodes[node.parents[0]].data for node in recorded.nodes if node.operation == "relu"]
    return any((np.abs(array) < 1e-3).any() for array in inputs)


def central_difference_jacobian(recorded: Pass, index: int, position: int) -> np.ndarray:
    """Compute d(result)/d(parent at that position) by moving each of its entries a little in both directions."""
    node = recorded.nodes[index]
    parents = [td.Tensor(recorded.nodes[parent].data) for parent in node.parents]
    data = parents[position].data
    found = np.zeros((node.data.size, data.size))
    for entry in range(data.size):
        ends = []
        step = STEP * max(1.0, abs(float(data.reshape(-1)[entry])))
        for sign in (1, -1):
            moved = data.copy()
            moved.reshape(-1)[entry] += sign * step
            others = [*parents[:position], td.Tensor(moved), *parents[position + 1 :]]
            ends.append(run_again(node, others).data.reshape(-1))
        found[:, entry] = (ends[0] - ends[1]) / (2 * step)
    return found


def assert_derivatives_agree_with_central_differences(recorded: Pass) -> None:
    derivatives = Derivatives(recorded)
    assert derivatives.problem == ""
    for number, step in enumerate(recorded.steps):
        for position, contribution in enumerate(step.contributions):
            jacobian = derivatives.jacobians.get((number, position))
            assert (jacobian is None) == (contribution.value is None)
            if jacobian is not None:
                expected = central_difference_jacobian(recorded, step.node, position)
                assert jacobian.shape == expected.shape
                np.testing.assert_allclose(jacobian, expected, rtol=1e-6, atol=1e-6)


@often
@given(program=programs())
def test_derivatives_in_any_graph_agree_with_central_differences(program):
    recorded, _ = record_program(program)
    assume(not at_a_kink(recorded))
    assert_derivatives_agree_with_central_differences(recorded)


TABLE = [pytest.param(row, call, id=f"{row}: {call}") for row in OPERATIONS for call in row.calls.always]


@pytest.mark.parametrize(("operation", "call"), TABLE)
def test_derivatives_of_every_operation_agree_with_central_differences(operation, call):
    rng = np.random.default_rng(1)
    inputs = [td.Tensor(operation.domain(rng, shape), requires_grad=True) for shape in call.shapes]
    with study.record() as replay:
        out = operation.ours(*inputs, **call.options)
        out.backward(rng.uniform(-2, 2, out.shape))
    assert_derivatives_agree_with_central_differences(replay.passes[0])


@often
@given(program=programs())
def test_the_products_add_up_to_every_entry_of_every_contribution(program):
    recorded, _ = record_program(program)
    state = generator_state()
    derivatives = Derivatives(recorded)
    assert generator_state() == state
    for number, step in enumerate(recorded.steps):
        upstream = step.upstream.reshape(-1)
        for position, contribution in enumerate(step.contributions):
            if contribution.value is None:
                assert derivatives.sum(number, position, 0) is None
                continue
            jacobian = derivatives.jacobians[number, position]
            for entry, given_entry in enumerate(contribution.value.reshape(-1)):
                terms = derivatives.sum(number, position, entry).terms
                entries = [term.entry for term in terms]
                assert entries == sorted(set(entries))
                assert set(np.flatnonzero(jacobian[:, entry])) <= set(entries)
                assert [term.upstream for term in terms] == [upstream[at] for at in entries]
                assert [term.local for term in terms] == [jacobian[at, entry] for at in entries]
                total = sum(term.product for term in terms)
                assert total == pytest.approx(given_entry, rel=1e-10, abs=1e-13)


def test_a_product_is_the_upstream_gradient_times_the_local_derivative():
    assert Term(entry=3, upstream=2.0, local=-1.5).product == -3.0


SURE = [np.random.default_rng(seed).normal(size=(3, 4)).astype(np.float32) * 10 for seed in range(10)]


@pytest.mark.parametrize("operation", [F.softmax, F.log_softmax], ids=["softmax", "log_softmax"])
@pytest.mark.parametrize("scores", SURE, ids=range(len(SURE)))
def test_a_saturated_softmax_has_derivatives(operation, scores):
    x = td.Tensor(scores, requires_grad=True)
    weights = td.Tensor(np.random.default_rng(99).normal(size=(3, 4)).astype(np.float32))
    recorded = record_loss(lambda: (operation(x) * weights).sum())
    assert len(Derivatives(recorded).jacobians) == len(recorded.steps) == 3


# Rows and columns of a product ----------------------------------------------------------------------------------------


def tensors(*shapes: tuple[int, ...]) -> list[td.Tensor]:
    rng = np.random.default_rng(6)
    names = ("x", "w", "b")
    return [
        td.Tensor(rng.normal(size=shape), requires_grad=True, name=name)
        for shape, name in zip(shapes, names, strict=False)
    ]


def sums(operation, shapes, position: int, entry: int) -> Sum:
    inputs = tensors(*shapes)
    with study.record() as replay:
        out = operation(*inputs)
        out.backward(np.random.default_rng(7).normal(size=out.shape))
    return Derivatives(replay.passes[0]).sum(0, position, entry)


MATMUL, LINEAR = [(2, 3), (3, 4)], [(2, 3), (4, 3), (4,)]
PATTERNS = [
    # operation, shapes, which parent, entry, line of the upstream factors, line of the local derivatives, entries
    (F.matmul, MATMUL, 0, 0, "row 0", "row 0 of w", [0, 1, 2, 3]),
    (F.matmul, MATMUL, 0, 5, "row 1", "row 2 of w", [4, 5, 6, 7]),
    (F.matmul, MATMUL, 1, 0, "column 0", "column 0 of x", [0, 4]),
    (F.matmul, MATMUL, 1, 11, "column 3", "column 2 of x", [3, 7]),
    (F.linear, LINEAR, 0, 4, "row 1", "column 1 of w", [4, 5, 6, 7]),
    (F.linear, LINEAR, 1, 7, "column 2", "column 1 of x", [2, 6]),
    (F.linear, LINEAR, 2, 3, "column 3", "", [3, 7]),
    (F.add, [(2, 3), (3,)], 1, 1, "column 1", "", [1, 4]),
    (F.add, [(2, 3), (2, 1)], 1, 1, "row 1", "", [3, 4, 5]),
    (F.multiply, [(2, 3), (3,)], 1, 2, "column 2", "", [2, 5]),
    (F.multiply, [(2, 3), (2, 1)], 1, 0, "row 0", "", [0, 1, 2]),
]


@pytest.mark.parametrize(("operation", "shapes", "position", "entry", "upstream", "local", "entries"), PATTERNS)
def test_the_row_and_the_column_of_a_product_are_named(operation, shapes, position, entry, upstream, local, entries):
    found = sums(operation, shapes, position, entry)
    assert (found.upstream_line, found.local_line) == (upstream, local)
    assert [term.entry for term in found.terms] == entries


def test_products_with_0_in_a_matrix_product_are_listed():
    x = td.Tensor(np.array([[1.0, 2.0]]), requires_grad=True)
    w = td.Tensor(np.array([[3.0, 0.0, 5.0], [7.0, 8.0, 9.0]]), requires_grad=True)
    recorded = record_loss(lambda: (x @ w).sum())
    found = Derivatives(recorded).sum(1, 0, 0)
    assert [(term.upstream, term.local) for term in found.terms] == [(1, 3), (1, 0), (1, 5)]
    assert (found.upstream_line, found.local_line) == ("row 0", "row 0 of w")


WITHOUT_PATTERN = [
    (F.tanh, [(2, 3)], 0, 0),
    (F.sum, [(2, 3)], 0, 0),
    (lambda x: x.permute(1, 0), [(3, 1)], 0, 0),
    (lambda x: x.reshape(1, 3), [(3,)], 0, 0),
    (lambda x: F.softmax(x, axis=1), [(2, 3)], 0, 0),
    (F.add, [(3,), (3,)], 0, 0),
    (F.add, [(2, 3), (2, 3)], 1, 4),
    (F.multiply, [(2, 3), ()], 1, 0),
]


@pytest.mark.parametrize(("operation", "shapes", "position", "entry"), WITHOUT_PATTERN)
def test_other_operations_name_no_row_or_column(operation, shapes, position, entry):
    found = sums(operation, shapes, position, entry)
    assert (found.upstream_line, found.local_line) == ("", "")


def test_an_entry_on_which_nothing_depends_is_its_own_upstream_gradient_times_0():
    x = td.Tensor(np.array([-1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: (x.relu() * 3).sum())
    assert Derivatives(recorded).sum(2, 0, 0).terms == (Term(0, 3.0, 0.0),)
    assert Derivatives(recorded).sum(2, 0, 1).terms == (Term(1, 3.0, 1.0),)


def test_an_entry_that_was_not_picked_has_no_product():
    x = td.Tensor(np.array([1.0, 2.0, 3.0]), requires_grad=True)
    recorded = record_loss(lambda: x[[1, 1]].sum())
    derivatives = Derivatives(recorded)
    assert derivatives.sum(1, 0, 0).terms == ()
    assert derivatives.sum(1, 0, 1).terms == (Term(0, 1.0, 1.0), Term(1, 1.0, 1.0))


# What cannot be taken apart -------------------------------------------------------------------------------------------


def clipping(x):
    return record(x.data * 1, (x,), clipping_backward)


def clipping_backward(grad, x):
    """dL/dx = grad, held between -1 and 1: not linear in grad"""
    return (np.clip(grad, -1, 1),)


def test_only_a_backward_function_that_is_not_linear_is_left_out():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: (clipping(x) * 3).sum())
    derivatives = Derivatives(recorded)
    assert sorted(derivatives.jacobians) == [(0, 0), (1, 0)]
    assert derivatives.problem == ""
    assert derivatives.sum(2, 0, 0) is None


def test_a_pass_that_cannot_be_rerun_has_no_derivatives_and_says_why():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: record(x.data * 2, (x,), lambda grad, x: (2 * grad,)).sum())
    derivatives = Derivatives(recorded)
    assert derivatives.jacobians == {}
    assert "expected a function <lambda> next to <lambda>" in derivatives.problem
    assert derivatives.sum(0, 0, 0) is None


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # from NumPy, in forward and in backward
@pytest.mark.parametrize("value", [0.0, np.nan])
def test_a_gradient_that_is_not_finite_is_reported(value):
    x = td.Tensor(np.array([value, 1.0]), requires_grad=True)
    derivatives = Derivatives(record_loss(lambda: (x * 1.0).sqrt().sum()))
    assert derivatives.problem == "a gradient contains a NaN or an infinity"


def test_a_node_that_is_too_large_is_left_out_and_named(monkeypatch):
    monkeypatch.setattr(module, "MAX_ENTRIES", 16)  # the size of the 4 x 4 Jacobians of the elementwise operations
    x, w = tensors((2, 3), (3, 2))
    recorded = record_loss(lambda: ((x @ w).tanh() * 1).sum())
    derivatives = Derivatives(recorded)
    names = [recorded.nodes[recorded.steps[number].node].name for number, _ in derivatives.jacobians]
    assert names == ["sum", "multiply", "tanh"]
    assert derivatives.problem == "matmul is too large to work out entry by entry"


def test_a_pass_that_is_too_large_has_the_derivatives_of_its_first_steps(monkeypatch):
    monkeypatch.setattr(module, "MAX_CALLS", 5)
    (x,) = tensors((3,))
    recorded = record_loss(lambda: x.tanh().exp().sum())
    derivatives = Derivatives(recorded)
    assert sorted(derivatives.jacobians) == [(0, 0), (1, 0)]
    assert derivatives.problem == "tanh is too large to work out entry by entry"


def test_the_derivatives_change_nothing_in_the_recording():
    x, w, b = tensors((2, 3), (4, 3), (4,))
    recorded = record_loss(lambda: (F.linear(x, w, b).relu() * 2).sum())
    then = [(step.upstream.copy(), [part.value for part in step.contributions]) for step in recorded.steps]
    assert_derivatives_agree_with_central_differences(recorded)
    for (upstream, _), step in zip(then, recorded.steps, strict=True):
        np.testing.assert_array_equal(upstream, step.upstream)
    np.testing.assert_array_equal(recorded.nodes[0].data, x.data)


def test_a_large_elementwise_operation_has_one_product_per_entry(monkeypatch):
    monkeypatch.setattr(module, "MAX_ENTRIES", 5)
    (x,) = tensors((2, 3))
    recorded = record_loss(lambda: (x.tanh() * x).sum())
    derivatives = Derivatives(recorded)
    assert derivatives.jacobians == {}
    expected = {(1, 0): x.data, (1, 1): np.tanh(x.data), (2, 0): 1 - np.tanh(x.data) ** 2}
    assert derivatives.diagonals.keys() == expected.keys()
    for key, diagonal in expected.items():
        np.testing.assert_allclose(derivatives.diagonals[key], diagonal, rtol=1e-12)
        found = derivatives.sum(*key, 4)
        (term,) = found.terms
        step = recorded.steps[key[0]]
        assert (term.entry, term.upstream, term.local) == (4, step.upstream[1, 1], derivatives.diagonals[key][1, 1])
        assert term.product == pytest.approx(step.contributions[key[1]].value[1, 1], rel=1e-12)


MOVES = {
    "permute": lambda x: x.permute(1, 0),
    "softmax": lambda x: F.softmax(x, axis=1),
    "getitem": lambda x: x[[1, 0, 2]],
    "sum": lambda x: x.sum(axis=0),
    "linear": lambda x: F.linear(x, x),
}


@pytest.mark.parametrize("operation", MOVES.values(), ids=MOVES.keys())
def test_a_large_operation_that_is_not_elementwise_has_no_derivatives(operation, monkeypatch):
    monkeypatch.setattr(module, "MAX_ENTRIES", 5)
    (x,) = tensors((3, 3))
    with study.record() as replay:
        out = operation(x)
        out.backward(np.random.default_rng(7).normal(size=out.shape))
    derivatives = Derivatives(replay.passes[0])
    assert (derivatives.jacobians, derivatives.diagonals) == ({}, {})
    assert derivatives.sum(0, 0, 0) is None
