"""The recorded graph: its nodes with their operations, saved values, source lines and layers."""

import inspect

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
)
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, study
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.functional._activations import relu_backward


@often
@given(program=programs())
def test_nodes_are_the_graph_with_parents_before_children(program):
    recorded, values = record_program(program)
    root = program.build()[-1]  # rebuilt, because the engine has freed the first graph
    behind, ahead = {root}, [root]
    while ahead:
        new = set(ahead.pop()._parents) - behind
        behind |= new
        ahead += new
    assert sorted(node.data.tobytes() for node in recorded.nodes) == sorted(t.data.tobytes() for t in behind)
    assert recorded.root == len(recorded.nodes) - 1
    assert same_bits(recorded.loss, values[-1].data)
    for node_index, node in enumerate(recorded.nodes):
        assert all(parent < node_index for parent in node.parents)
        assert bool(node.operation) == (node.backward is not None) == bool(node.parents)
        if node.operation:
            assert node.requires_grad


def test_a_node_has_its_operation_and_saved_values():
    x = td.Tensor(np.array([[1.0, -2.0], [3.0, 4.0]]), requires_grad=True)
    mask = np.array([[True, False], [True, True]])
    recorded = record_loss(lambda: F.dropout(x.relu(), 0.25, mask=mask).sum(axis=1))
    leaf, relu, dropout, total = recorded.nodes
    assert (leaf.operation, leaf.backward, leaf.forward, leaf.saved, leaf.parents) == ("", None, None, {}, ())
    assert (relu.operation, relu.backward, relu.forward, relu.parents) == ("relu", relu_backward, F.relu, (0,))
    np.testing.assert_array_equal(relu.saved["out"], relu.data)
    assert list(dropout.saved) == ["mask", "p", "scaling"]
    np.testing.assert_array_equal(dropout.saved["mask"], mask)
    assert (dropout.saved["p"], dropout.saved["scaling"]) == (0.25, "train")
    assert total.saved == {"axis": 1, "keepdims": False}


def test_arguments_are_the_backward_functions_names_for_the_parents():
    def both(grad, x, y):
        return grad, grad

    def some(grad, x, *rest):
        return grad, grad

    one, other = (td.Tensor(np.array(values), requires_grad=True) for values in ([1.0], [2.0]))
    for backward, names in [(both, ("x", "y")), (some, ())]:
        recorded = record_loss(lambda: record(one.data + other.data, (one, other), backward))  # noqa: B023 (called immediately)
        assert recorded.nodes[-1].arguments == names


def tripled(grad, x):
    """A backward function that is not named after its forward."""
    return (3 * grad,)


def test_a_backward_function_is_not_its_own_forward():
    x = td.Tensor(np.array([1.0]), requires_grad=True)
    node = record_loss(lambda: record(x.data * 3, (x,), tripled)).nodes[-1]
    assert (node.operation, node.forward) == ("tripled", None)


def test_saved_values_without_a_name_are_numbered():
    x = td.Tensor(np.array([1.0]), requires_grad=True)
    recorded = record_loss(lambda: record(x.data * 5, (x,), lambda grad, *rest: (grad * rest[1],), (5.0, "unit")))
    assert recorded.nodes[-1].saved == {"saved 0": 5.0, "saved 1": "unit"}


class Doubling:
    """An operation whose backward is a method."""

    def backward(self, grad, x, factor):
        return (grad * factor,)

    def __call__(self, x: td.Tensor) -> td.Tensor:
        return record(x.data * 2, (x,), self.backward, (2.0,))


def test_saved_values_of_a_method_are_named_after_its_arguments():
    x = td.Tensor(np.array([1.0]), requires_grad=True)
    recorded = record_loss(lambda: Doubling()(x))
    assert recorded.nodes[-1].saved == {"factor": 2.0}


SHARED = [((2, 3, 4, 5), (2, 3), (2, 3)), ((4, 3), 0, (0,)), ((4, 3), (), ()), ((1, 3), 0, ())]


@pytest.mark.parametrize(("shape", "shared", "seen"), SHARED)
def test_the_axes_along_which_a_mask_is_shared_are_found(shape, shared, seen):
    x = td.Tensor(np.ones(shape), requires_grad=True)
    recorded = record_loss(lambda: F.dropout(x, 0.5, shared_axes=shared).sum())
    (dropout,) = [node for node in recorded.nodes if node.operation == "dropout"]
    assert dropout.shared_axes == seen


def line_of(text: str) -> int:
    """Return the number of the first line in this file that contains `text`."""
    return 1 + next(
        n for n, line in enumerate(inspect.getsource(inspect.getmodule(line_of)).splitlines()) if text in line
    )


def test_operations_have_the_line_that_called_them_and_the_pass_has_the_line_of_backward():
    x = td.Tensor(np.array([1.0]), requires_grad=True)
    with study.record() as replay:
        out = x.tanh()  # the forward call
        out.backward()  # the backward call
    (recorded,) = replay.passes
    source_line = recorded.nodes[-1].source_line
    assert (source_line.file, source_line.line) == (__file__, line_of("# the forward call"))
    assert source_line.code == "out = x.tanh()  # the forward call"
    assert (recorded.source_line.line, recorded.source_line.file) == (line_of("# the backward call"), __file__)
    assert recorded.source_line.code == "out.backward()  # the backward call"
    assert source_line.module == ""
    assert recorded.nodes[0].source_line is None


def test_an_operation_outside_the_recording_has_no_source_line():
    x = td.Tensor(np.array([1.0]), requires_grad=True)
    before = x.tanh()
    recorded = record_loss(lambda: before * 2)
    assert [node.source_line is None for node in recorded.nodes if node.operation] == [True, False]


class Block(nn.Module):
    """A module with an operation of its own and a child."""

    def __init__(self, inner: nn.Module) -> None:
        self.inner = inner

    def forward(self, x):
        return self.inner(x) + x.tanh()


def test_an_operation_has_the_layer_that_called_it():
    model = nn.Sequential(Block(nn.Sequential(nn.Dropout(0.5), nn.ReLU())), nn.Linear(2, 2))
    x = td.Tensor(np.ones((1, 2), dtype=np.float32), requires_grad=True)
    recorded = record_loss(lambda: model(x).sum())
    modules = {node.operation: node.source_line.module for node in recorded.nodes if node.source_line}
    assert modules == {
        "dropout": "0.inner.0 Dropout(p=0.5)",
        "relu": "0.inner.1 ReLU()",
        "tanh": "0 Block",
        "add": "0 Block",
        "linear": "1 Linear(2 -> 2)",
        "sum": "",
    }


def test_a_layer_outside_a_model_has_no_key():
    layer = nn.Dropout(0.5)
    x = td.Tensor(np.ones((1, 2)), requires_grad=True)
    recorded = record_loss(lambda: layer(x))
    assert recorded.nodes[-1].source_line.module == "Dropout(p=0.5)"


def test_a_layer_that_its_caller_does_not_own_has_a_question_mark_as_its_key():
    foreign = nn.ReLU()

    class Borrows(nn.Module):
        def forward(self, x):
            return foreign(x)

    x = td.Tensor(np.ones((1, 2)), requires_grad=True)
    model = nn.Sequential(Borrows())
    recorded = record_loss(lambda: model(x))
    assert recorded.nodes[-1].source_line.module == "0.? ReLU()"
