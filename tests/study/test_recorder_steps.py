"""The recorded steps are those of the engine, in its order, and their contributions add up to the gradients."""

import numpy as np
import pytest
from hypothesis import given

import tinygrad_dropout as td
from tests.study.graphs import (
    often,
    programs,
    record_loss,
    record_program,
    same_bits,
    stopped,
)
from tinygrad_dropout import functional as F
from tinygrad_dropout import study
from tinygrad_dropout.autograd.grad_mode import ModeContext


class Listener:
    """Watches the engine, and keeps copies of its arguments."""

    def __init__(self):
        self.numbers, self.upstream, self.returned = [], [], []

    def after_forward(self, result, parents, operation):
        pass

    def before_backward(self, node, grad):
        self.numbers.append(node._number)
        self.upstream.append(np.array(grad))

    def after_backward(self, node, contributions):
        self.returned.append([None if part is None else np.array(part) for part in contributions])


@often
@given(program=programs())
def test_the_steps_are_the_engines_in_the_same_order(program):
    listener = Listener()
    with ModeContext(watcher=listener):
        recorded, values = record_program(program)
    index_of = {tensor._number: node_index for node_index, tensor in enumerate(values)}
    indices = [index_of.get(number) for number in listener.numbers]
    assert len(recorded.steps) == len(listener.numbers)
    in_order = sorted(listener.numbers)
    graph_order = sorted(step.node for step in recorded.steps)
    assert [graph_order.index(step.node) for step in recorded.steps] == [
        in_order.index(number) for number in listener.numbers
    ]
    for step, node_index, upstream, returned in zip(
        recorded.steps, indices, listener.upstream, listener.returned, strict=True
    ):
        node = recorded.nodes[step.node]
        assert node_index is None or same_bits(node.data, values[node_index].data)
        assert same_bits(step.upstream, upstream)
        for contribution, answer in zip(step.contributions, returned, strict=True):
            requires_grad = recorded.nodes[contribution.parent].requires_grad
            assert (contribution.returned is None) == (answer is None or not requires_grad)
            assert contribution.returned is None or same_bits(contribution.returned, np.asarray(answer))


@often
@given(program=programs())
def test_the_contributions_of_all_steps_add_up_to_the_gradients(program):
    recorded, values = record_program(program)
    leaves = {tensor.data.tobytes(): tensor for tensor in values if tensor.is_leaf and tensor.requires_grad}
    sums: dict[int, np.ndarray] = {}
    for step in recorded.steps:
        for contribution in step.contributions:
            if contribution.value is not None:
                so_far = sums.get(contribution.parent, np.zeros(contribution.value.shape))
                sums[contribution.parent] = so_far + contribution.value
    found = 0
    for node_index, total in sums.items():
        node = recorded.nodes[node_index]
        if not node.operation:
            np.testing.assert_allclose(total, leaves[node.data.tobytes()].grad, rtol=1e-12, atol=1e-14)
            found += 1
    assert found == sum(leaf.grad is not None for leaf in leaves.values()) > 0


@often
@given(program=programs())
def test_before_plus_the_contribution_is_after_and_the_last_after_is_the_grad(program):
    values = program.build()
    rng = np.random.default_rng(program.seed)
    for tensor in values:
        if tensor.is_leaf and tensor.requires_grad:
            tensor.grad = rng.normal(size=tensor.shape)
    earlier = [None if tensor._grad is None else tensor._grad.copy() for tensor in values]
    with study.record() as replay:
        program.backward(values[-1])
    (recorded,) = replay.passes
    sums: dict[int, np.ndarray | None] = {
        node_index: node.grad_before for node_index, node in enumerate(recorded.nodes)
    }
    for step in recorded.steps:
        for contribution in step.contributions:
            before, after = sums[contribution.parent], contribution.after
            assert (contribution.before is None) == (before is None)
            assert before is None or same_bits(contribution.before, before)
            if contribution.value is None:
                assert after is contribution.before
            else:
                assert same_bits(
                    after, np.asarray(contribution.value if before is None else before + contribution.value)
                )
                sums[contribution.parent] = after
    for node_index, node in enumerate(recorded.nodes):
        if node.requires_grad and not node.operation:
            (index,) = [i for i, tensor in enumerate(values) if tensor.is_leaf and same_bits(tensor.data, node.data)]
            assert same_bits(node.grad_before, earlier[index])
            assert same_bits(sums[node_index], values[index].grad)


def test_a_node_that_gets_no_gradient_takes_no_step():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)

    def loss() -> td.Tensor:
        silent = x * 2
        return (stopped(silent) + x.tanh()).sum()

    recorded = record_loss(loss)
    assert [recorded.nodes[step.node].operation for step in recorded.steps] == ["sum", "add", "tanh", "stopped"]
    assert next(node.operation for node in recorded.nodes if node.operation) == "multiply"
    (answer,) = recorded.steps[-1].contributions
    assert (answer.returned, answer.value, answer.before, answer.after) == (None,) * 4
    np.testing.assert_allclose(recorded.gradients()[0], x.grad)


def test_a_node_that_gets_no_gradient_does_not_end_the_pass():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)

    def loss() -> td.Tensor:
        answered = x.tanh()
        return (stopped(x * 2) + answered).sum()  # the multiply is newer than the tanh, and never runs

    recorded = record_loss(loss)
    assert [recorded.nodes[step.node].operation for step in recorded.steps] == ["sum", "add", "stopped", "tanh"]


def test_without_a_contribution_the_gradient_does_not_change():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    x.grad = np.array([5.0, 6.0])
    recorded = record_loss(lambda: (x.tanh() + stopped(x)).sum())
    (answer,) = recorded.steps[2].contributions
    assert (answer.returned, answer.value) == (None, None)
    np.testing.assert_array_equal(answer.before, [5, 6])
    np.testing.assert_array_equal(answer.after, [5, 6])


def waiting_for(recorded, name: str) -> list[int]:
    """Return the number of consumers that have yet to run, for each contribution to the node with that name."""
    return [
        contribution.waiting
        for step in recorded.steps
        for contribution in step.contributions
        if recorded.nodes[contribution.parent].name == name
    ]


def test_a_node_waits_for_the_consumers_that_have_yet_to_run():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: (x.tanh() + x.exp() + x * 3).sum())
    assert waiting_for(recorded, "x") == [2, 1, 0]
    assert waiting_for(recorded, "tanh") == [0]


def test_a_consumer_that_uses_a_node_twice_counts_once():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: (x * x).sum() + x.exp().sum())
    assert waiting_for(recorded, "x")[0] == 1


@often
@given(program=programs())
def test_the_last_contribution_to_a_node_waits_for_no_consumer(program):
    recorded, _ = record_program(program)
    waiting: dict[int, list[int]] = {}
    for step in recorded.steps:
        for contribution in step.contributions:
            waiting.setdefault(contribution.parent, []).append(contribution.waiting)
    for counts in waiting.values():
        assert counts == sorted(counts, reverse=True)
        assert counts[-1] == 0


BROADCAST = [
    ("add", (32, 10), (10,), (), (0,)),
    ("add", (10,), (32, 10), (0,), ()),
    ("multiply", (3, 1), (1, 4), (1,), (0,)),
    ("add", (2, 3), (), (), (0, 1)),
    ("multiply", (), (2, 1, 3), (0, 1, 2), ()),
    ("add", (4, 1, 3), (2, 1), (1,), (0, 2)),
    ("multiply", (2, 3), (2, 3), (), ()),
    ("add", (1, 1), (1,), (), (0,)),
]


@pytest.mark.parametrize(("operation", "left", "right", "summed_left", "summed_right"), BROADCAST)
def test_a_contribution_has_the_summed_axes_and_the_returned_array(operation, left, right, summed_left, summed_right):
    rng = np.random.default_rng(5)
    x, y = (td.Tensor(rng.normal(size=shape), requires_grad=True) for shape in (left, right))
    upstream = rng.normal(size=np.broadcast_shapes(left, right))
    with study.record() as replay:
        out = getattr(F, operation)(x, y)
        out.backward(upstream)
    (step,) = replay.passes[0].steps
    for contribution, tensor, summed in zip(step.contributions, (x, y), (summed_left, summed_right), strict=True):
        assert contribution.summed == summed
        assert contribution.returned.shape == upstream.shape
        total = contribution.returned.sum(axis=summed, keepdims=False).reshape(tensor.shape)
        np.testing.assert_allclose(contribution.value, total, rtol=1e-12)
        assert same_bits(contribution.value, tensor.grad)


def test_a_contribution_has_its_parents_dtype():
    x = td.Tensor(np.array([1.0, 2.0], dtype=np.float32), requires_grad=True)
    recorded = record_loss(lambda: (x * td.Tensor(np.array([3.0, 4.0]))).sum())
    (cast,) = recorded.steps[2].contributions  # x is cast to float64
    assert [cast.returned.dtype, cast.value.dtype] == [np.float64, np.float32]


def test_a_parent_that_requires_no_gradient_gets_none():
    x, y = td.Tensor(np.array([1.0]), requires_grad=True), td.Tensor(np.array([3.0]))
    recorded = record_loss(lambda: x + y)
    left, right = recorded.steps[0].contributions
    np.testing.assert_array_equal(left.value, [1])
    assert (right.returned, right.value, right.before, right.after, right.summed) == (None, None, None, None, ())
