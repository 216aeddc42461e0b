"""Every backward call is recorded as a pass of its own."""

import numpy as np
import pytest
from hypothesis import given

import tinygrad_dropout as td
from tests.study.graphs import (
    often,
    programs,
    same_bits,
    stopped,
)
from tinygrad_dropout import study
from tinygrad_dropout.autograd.grad_mode import ModeContext
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.study.recorder import Recorder


def test_a_second_pass_begins_with_the_grad_of_the_first():
    w = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with study.record() as replay:
        (w * 3).sum().backward()
        (w * w).mean().backward()
    first, second = replay.passes
    assert (first.number, second.number) == (1, 2)
    assert [len(first.steps), len(second.steps)] == [2, 2]
    assert first.nodes[0].grad_before is None
    np.testing.assert_array_equal(second.nodes[0].grad_before, [3, 3])
    np.testing.assert_array_equal(second.steps[-1].contributions[-1].after, w.grad)
    np.testing.assert_array_equal(second.gradients()[0], [1, 2])


def test_a_retained_graph_can_be_recorded_twice():
    w = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with study.record() as replay:
        loss = (w.exp() * w).sum()
        loss.backward(retain_graph=True)
        loss.backward()
    first, second = replay.passes
    operations = ["sum", "multiply", "exp"]
    for recorded in (first, second):
        assert [recorded.nodes[step.node].operation for step in recorded.steps] == operations
    for one, other in zip(first.steps, second.steps, strict=True):
        assert same_bits(one.upstream, other.upstream)
    np.testing.assert_array_equal(second.steps[-1].contributions[0].after, w.grad)


@often
@given(program=programs())
def test_any_retained_graph_can_be_recorded_twice(program):
    with study.record() as replay:
        values = program.build()
        program.backward(values[-1], retain_graph=True)
        program.backward(values[-1])
    first, second = replay.passes
    assert [step.node for step in first.steps] == [step.node for step in second.steps]
    assert [len(first.nodes), len(second.nodes)] == [first.root + 1, first.root + 1]


def test_a_second_loss_on_a_shared_graph_is_a_second_pass():
    w = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with study.record() as replay:
        shared = w.exp()
        one, other = (shared * 2).sum(), shared.mean()
        other.backward(retain_graph=True)
        one.backward()
    operations = [[recorded.nodes[step.node].operation for step in recorded.steps] for recorded in replay.passes]
    assert operations == [["mean", "exp"], ["sum", "multiply", "exp"]]


def test_a_pass_from_a_node_that_the_last_pass_skipped_is_a_new_pass():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with study.record() as replay:
        silent = x * 2
        (stopped(silent) + x.tanh()).sum().backward(retain_graph=True)
        silent.backward(np.ones(2))
    assert [len(recorded.steps) for recorded in replay.passes] == [4, 1]
    assert replay.passes[1].nodes[-1].operation == "multiply"


def failing(x: td.Tensor) -> td.Tensor:
    return record(x.data * 1, (x,), failing_backward)


def failing_backward(grad, x):
    """dL/dx: raises."""
    raise ValueError("on purpose")


def test_a_pass_after_a_failed_one_is_a_new_pass():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with study.record() as replay:
        kept, broken = x * 2, failing(x)
        with pytest.raises(ValueError, match="on purpose"):
            (kept * broken).sum().backward()
        kept.backward(np.ones(2))
    assert replay.passes[-1].nodes[-1].operation == "multiply"
    assert len(replay.passes[-1].steps) == 1


def checkpointed(function, x: td.Tensor) -> td.Tensor:
    """Compute function(x), and recompute it in backward, so its graph need not be kept until then."""
    with td.no_grad():
        out = function(x)
    return record(out.data, (x,), checkpointed_backward, (function,))


def checkpointed_backward(grad, x, function):
    """dL/dx, by rerunning the function."""
    again = td.Tensor(x.data, requires_grad=True)
    function(again).backward(grad)
    return (again.grad,)


def test_a_backward_within_a_backward_function_is_a_new_pass():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with study.record() as replay:
        (checkpointed(lambda y: y.exp() * 3, x.tanh()) * 2).sum().backward()
    np.testing.assert_allclose(x.grad, 6 * np.exp(np.tanh([1, 2])) * (1 - np.tanh([1, 2]) ** 2))
    operations = [[recorded.nodes[step.node].operation for step in recorded.steps] for recorded in replay.passes]
    assert ["sum", "multiply", "checkpointed", "tanh"] in operations
    assert ["multiply", "exp"] in operations


def test_passes_are_counted_from_1_and_keep_decides_which_are_kept():
    recorder = Recorder(keep=lambda number: number == 2, max_nodes=10)
    w = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with ModeContext(watcher=recorder):
        for factor in (2, 3, 4):
            (w * factor).sum().backward()
    assert [recorded.number for recorded in recorder.passes] == [1, 2, 3]
    assert [len(recorded.steps) for recorded in recorder.passes] == [0, 2, 0]
    assert [recorded.operations for recorded in recorder.passes] == [2, 2, 2]
    assert [float(recorded.loss) for recorded in recorder.passes] == [6, 9, 12]


def test_a_graph_that_is_too_large_leaves_only_its_loss_and_number_of_operations():
    recorder = Recorder(max_nodes=3)
    w = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with ModeContext(watcher=recorder):
        w.tanh().exp().sum().backward()
        w.tanh().exp().log().sum().backward()
    small, large = recorder.passes
    assert (small.operations, len(small.steps)) == (3, 3)
    assert (large.operations, len(large.steps), len(large.nodes)) == (4, 0, 1)
    np.testing.assert_allclose(large.loss, np.tanh([1, 2]).sum())
    np.testing.assert_allclose(w.grad, (np.exp(np.tanh([1.0, 2.0])) + 1) * (1 - np.tanh([1.0, 2.0]) ** 2), rtol=1e-12)
