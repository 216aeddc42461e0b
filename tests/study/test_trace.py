"""A recorded pass as data: rules, consumers, gradients, and the units that a dropout or a ReLU turns off."""

import numpy as np
import pytest
from hypothesis import given, settings

import tinygrad_dropout as td
from tests.study.graphs import programs, record_loss, same_bits
from tinygrad_dropout import functional as F
from tinygrad_dropout import study
from tinygrad_dropout.study.trace import Node, SourceLine, dead, dropped, scale

often = settings(max_examples=80)


def make_node(**fields) -> Node:
    return Node("x", np.array([1.0]), True, **fields)


def documented(docstring):
    def backward(grad, x):
        return (grad,)

    backward.__doc__ = docstring
    return backward


RULES = [
    ("dL/dx = grad.", "dL/dx = grad."),
    ("  dL/dx = grad * y;\n    dL/dy = grad * x.\n", "dL/dx = grad * y; dL/dy = grad * x."),
    ("dL/dx = grad.\n\nMore of it.", "dL/dx = grad."),
    ("", ""),
    (None, ""),
]


@pytest.mark.parametrize(("docstring", "rule"), RULES)
def test_the_rule_is_the_first_paragraph_of_the_backward_functions_docstring(docstring, rule):
    assert make_node(backward=documented(docstring)).rule == rule


def test_a_leaf_has_no_rule():
    assert make_node().rule == ""


def test_a_source_line_is_written_as_file_and_line():
    assert str(SourceLine("folder/train.py", 12, "loss.backward()", "0 Linear(2 -> 3)")) == "folder/train.py:12"


def test_consumers_are_all_uses_of_a_node_in_order():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: (x * x + x.exp()).sum())
    names = [v.operation for v in recorded.nodes]
    assert names == ["", "multiply", "exp", "add", "sum"]
    assert recorded.consumers() == [[(1, 0), (1, 1), (2, 0)], [(3, 0)], [(3, 1)], [(4, 0)], []]


@often
@given(program=programs())
def test_gradients_of_leaves_and_results_are_of_this_pass_only(program):
    values = program.build()
    for tensor in values:
        if tensor.requires_grad:
            tensor.retain_grad()
    with study.record() as replay:
        program.backward(values[-1], retain_graph=True)
        grads = [(tensor.data, tensor.grad) for tensor in values if tensor.grad is not None]
        program.backward(values[-1])
    for recorded in replay.passes:
        gradients = recorded.gradients()
        assert len(gradients) == len(grads)
        for index, gradient in gradients.items():
            alike = [grad for data, grad in grads if same_bits(data, recorded.nodes[index].data)]
            assert any(same_bits(grad, gradient) for grad in alike)


def test_gradients_leave_out_an_earlier_grad():
    w = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    w.grad = np.array([10.0, 10.0])
    recorded = record_loss(lambda: (w * 3 + w).sum())
    np.testing.assert_array_equal(recorded.gradients()[0], [4, 4])
    np.testing.assert_array_equal(recorded.gradients()[0], [4, 4])  # the first call did not change the pass
    np.testing.assert_array_equal(w.grad, [14, 14])


# Units that are off ---------------------------------------------------------------------------------------------------


def test_dropped_units_of_a_dropouts_result_are_found():
    mask = np.array([[True, False], [False, True]])
    x = td.Tensor(np.ones((2, 2)), requires_grad=True)
    leaf, out = record_loss(lambda: F.dropout(x, 0.5, mask=mask)).nodes
    np.testing.assert_array_equal(dropped(out), ~mask)
    assert dropped(leaf) is None
    assert dead(out) is None


OTHER_MASKS = [np.array([1.0]), np.array([True, False]), "a mask", None]


@pytest.mark.parametrize("mask", OTHER_MASKS, ids=repr)
def test_a_saved_mask_that_does_not_fit_the_result_drops_nothing(mask):
    assert dropped(make_node(saved={"mask": mask})) is None


def test_units_of_a_relus_result_that_are_off_are_found():
    x = td.Tensor(np.array([-1.0, 0.0, 2.0]), requires_grad=True)
    leaf, out = record_loss(lambda: x.relu()).nodes
    np.testing.assert_array_equal(dead(out), [True, True, False])
    assert dead(leaf) is None


SCALES = [(0.5, "train", 2), (0.2, "train", 1.25), (0.0, "train", 1), (1.0, "train", 1), (0.5, "test", 1)]


@pytest.mark.parametrize(("p", "scaling", "expected"), SCALES)
def test_the_scale_of_kept_units_is_the_dropouts(p, scaling, expected):
    x = td.Tensor(np.ones(40), requires_grad=True)
    out = record_loss(lambda: F.dropout(x, p, scaling=scaling)).nodes[-1]
    assert scale(out) == pytest.approx(expected)
    kept = ~dropped(out)
    np.testing.assert_allclose(out.data[kept], expected)
