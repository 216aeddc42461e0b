"""Central differences give the same gradients, by moving one entry in both directions."""

import numpy as np
import pytest
from hypothesis import assume, given, settings

import tinygrad_dropout as td
from tests.functional.table import OPERATIONS
from tests.study.graphs import generator_state, programs, record_loss, record_program
from tests.study.test_derivatives import at_a_kink
from tinygrad_dropout import functional as F
from tinygrad_dropout import study
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.study import differences as module
from tinygrad_dropout.study.differences import central_differences, descendants
from tinygrad_dropout.study.trace import Pass

often = settings(max_examples=60)


def all_entries(recorded: Pass) -> list[tuple[int, int]]:
    return [(node, entry) for node, grad in recorded.gradients().items() for entry in range(grad.size)]


def assert_differences_agree_with_gradients(recorded: Pass) -> None:
    entries = all_entries(recorded)
    differences, problem = central_differences(recorded, entries)
    assert problem == ""
    assert list(differences) == entries
    gradients = recorded.gradients()
    for (node, entry), difference in differences.items():
        assert difference == pytest.approx(gradients[node].reshape(-1)[entry], rel=1e-5, abs=1e-5)


@often
@given(program=programs())
def test_differences_agree_with_the_gradients_of_any_graph(program):
    recorded, _ = record_program(program)
    assume(not at_a_kink(recorded))
    state = generator_state()
    assert_differences_agree_with_gradients(recorded)
    assert generator_state() == state


FEW = [pytest.param(row, row.calls.always[-1], id=str(row)) for row in OPERATIONS]


@pytest.mark.parametrize(("operation", "call"), FEW)
def test_differences_agree_with_the_gradients_of_every_operation(operation, call):
    rng = np.random.default_rng(1)
    inputs = [td.Tensor(operation.domain(rng, shape), requires_grad=True) for shape in call.shapes]
    with study.record() as replay:
        out = operation.ours(*inputs, **call.options)
        out.backward(rng.uniform(-2, 2, out.shape))
    assert_differences_agree_with_gradients(replay.passes[0])


def test_a_float32_network_is_rerun_in_float64():
    rng = np.random.default_rng(3)
    x = td.Tensor(rng.normal(size=(5, 4)).astype(np.float32))
    model = td.nn.Sequential(td.nn.Linear(4, 6, rng=rng), td.nn.Tanh(), td.nn.Dropout(0.4), td.nn.Linear(6, 3, rng=rng))
    recorded = record_loss(lambda: F.cross_entropy(model(x), np.array([0, 1, 2, 0, 1])))
    assert_differences_agree_with_gradients(recorded)


def test_differences_use_the_recorded_masks():
    x = td.Tensor(np.ones(20), requires_grad=True)
    recorded = record_loss(lambda: F.dropout(x, 0.5).sum())
    differences, _ = central_differences(recorded, [(0, entry) for entry in range(20)])
    kept = recorded.nodes[1].saved["mask"]
    np.testing.assert_allclose([differences[0, entry] for entry in range(20)], 2.0 * kept, atol=1e-8)


def test_a_result_with_many_numbers_is_weighted_by_the_seed():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with study.record() as replay:
        (x * x).backward(np.array([10.0, -1.0]))
    differences, _ = central_differences(replay.passes[0], [(0, 0), (0, 1)])
    assert differences == pytest.approx({(0, 0): 20.0, (0, 1): -4.0}, rel=1e-8)


def test_a_large_entry_is_moved_further():
    """At 1e12 a step of 1e-6 is lost to rounding."""
    x = td.Tensor(np.array([1e12]), requires_grad=True)
    recorded = record_loss(lambda: (x * 3).sum())
    differences, _ = central_differences(recorded, [(0, 0)])
    assert differences[0, 0] == pytest.approx(3, rel=1e-8)


def test_the_root_has_differences_too():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: (x * 3).sum())
    differences, _ = central_differences(recorded, [(recorded.root, 0)])
    assert differences[recorded.root, 0] == pytest.approx(1)


def test_differences_do_not_agree_with_a_wrong_gradient():
    x = td.Tensor(np.array([[-1.0, 2.0]]), requires_grad=True)
    with study.record(bug="relu-ignored") as replay:
        x.relu().sum().backward()
    (recorded,) = replay.passes
    wrong = replay.rerun_with_bug(recorded)
    differences, problem = central_differences(wrong, [(0, 0), (0, 1)])
    assert problem == ""
    assert differences == pytest.approx({(0, 0): 0.0, (0, 1): 1.0}, abs=1e-8)
    np.testing.assert_array_equal(wrong.gradients()[0], [[1, 1]])


def test_differences_do_not_change_the_recording():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: (x * x).sum())
    then = [node.data.copy() for node in recorded.nodes]
    central_differences(recorded, all_entries(recorded))
    assert all(np.array_equal(one, node.data) for one, node in zip(then, recorded.nodes, strict=True))


def test_descendants_are_all_nodes_computed_from_a_node():
    x, y = (td.Tensor(np.array([1.0, 2.0]), requires_grad=True) for _ in range(2))
    recorded = record_loss(lambda: (x.tanh() * x + y.exp()).sum())
    assert [node.operation for node in recorded.nodes] == ["", "", "tanh", "multiply", "exp", "add", "sum"]
    assert descendants(recorded) == [[2, 3, 5, 6], [4, 5, 6], [3, 5, 6], [5, 6], [5, 6], [6], []]


def test_a_pass_that_is_too_large_is_rerun_for_its_first_entries(monkeypatch):
    x = td.Tensor(np.array([1.0, 2.0, 3.0]), requires_grad=True)
    recorded = record_loss(lambda: (x * x).sum())
    monkeypatch.setattr(module, "MAX_WORK", 13)  # 2 directions x (the entry and 2 operations) for 2 of the 3 entries
    monkeypatch.setattr(module, "estimate_cost", lambda result, parents: 1)
    differences, problem = central_differences(recorded, [(0, 2), (0, 0), (0, 1)])
    assert list(differences) == [(0, 2), (0, 0)]
    assert problem == "the pass is too large to rerun for every entry; it was rerun for 2 of them"


def test_a_pass_that_cannot_be_rerun_has_no_differences_and_says_why():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: record(x.data * 2, (x,), lambda grad, x: (2 * grad,)).sum())
    differences, problem = central_differences(recorded, [(0, 0)])
    assert differences == {}
    assert "expected a function <lambda> next to <lambda>" in problem


def halved(x):
    if x.dtype == np.float64:
        raise KeyError("float32 only")
    return record(x.data / 2, (x,), halved_backward)


def halved_backward(grad, x):
    """dL/dx = grad / 2"""
    return (grad / 2,)


def test_a_pass_that_fails_in_float64_has_no_differences_and_says_why():
    x = td.Tensor([1.0, 2.0], requires_grad=True)
    recorded = record_loss(lambda: halved(x).sum())
    assert central_differences(recorded, [(0, 0)]) == (
        {},
        "the forward pass cannot be rerun: KeyError: 'float32 only'",
    )


def test_the_cost_of_a_matrix_product_counts_its_multiplications():
    assert (
        module.estimate_cost(64 * 32, [64 * 128, 128 * 32]) == 1000 + 64 * 32 + 64 * 128 + 128 * 32 + 64 * 128 * 32 / 8
    )
    assert module.estimate_cost(6, [6, 3]) == 1000 + 6 + 9
    assert module.estimate_cost(6, [6]) == 1000 + 12
