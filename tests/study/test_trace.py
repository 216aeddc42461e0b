"""A recorded pass as data: rules, consumers, gradients, and what is seen of a dropout and a ReLU."""

import numpy as np
import pytest
from hypothesis import given, settings

import tinygrad_dropout as td
from tests.study.graphs import programs, record_loss, same_bits
from tinygrad_dropout import functional as F
from tinygrad_dropout import study
from tinygrad_dropout.study.trace import Node, SourceLine, dead, dropped, scale

often = settings(max_examples=80)


def value(**fields) -> Node:
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
    assert value(backward=documented(docstring)).rule == rule


def test_a_leaf_has_no_rule():
    assert value().rule == ""


def test_a_place_is_written_as_file_and_line():
    assert str(SourceLine("folder/train.py", 12, "loss.backward()", "0 Linear(2 -> 3)")) == "folder/train.py:12"


def test_consumers_are_every_use_of_a_value_in_order():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: (x * x + x.exp()).sum())
    names = [v.operation for v in recorded.nodes]
    assert names == ["", "multiply", "exp", "add", "sum"]
    assert recorded.consumers() == [[(1, 0), (1, 1), (2, 0)], [(3, 0)], [(3, 1)], [(4, 0)], []]


@often
@given(program=programs())
def test_gradients_are_those_of_this_pass_for_leaves_and_results(program):
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
        for place, gradient in gradients.items():
            alike = [grad for data, grad in grads if same_bits(data, recorded.nodes[place].data)]
            assert any(same_bits(grad, gradient) for grad in alike)


def test_gradients_leave_out_what_was_there_before():
    w = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    w.grad = np.array([10.0, 10.0])
    recorded = record_loss(lambda: (w * 3 + w).sum())
    np.testing.assert_array_equal(recorded.gradients()[0], [4, 4])
    np.testing.assert_array_equal(recorded.gradients()[0], [4, 4])  # the first call has added to nothing of the pass
    np.testing.assert_array_equal(w.grad, [14, 14])


# Units that are off ---------------------------------------------------------------------------------------------------


def test_of_a_dropouts_result_the_dropped_units_are_seen():
    mask = np.array([[True, False], [False, True]])
    x = td.Tensor(np.ones((2, 2)), requires_grad=True)
    leaf, out = record_loss(lambda: F.dropout(x, 0.5, mask=mask)).nodes
    np.testing.assert_array_equal(dropped(out), ~mask)
    assert dropped(leaf) is None
    assert dead(out) is None


OTHER_MASKS = [np.array([1.0]), np.array([True, False]), "a mask", None]


@pytest.mark.parametrize("mask", OTHER_MASKS, ids=repr)
def test_what_is_called_mask_and_is_none_of_the_result_drops_nothing(mask):
    assert dropped(value(saved={"mask": mask})) is None


def test_of_a_relus_result_the_units_that_are_off_are_seen():
    x = td.Tensor(np.array([-1.0, 0.0, 2.0]), requires_grad=True)
    leaf, out = record_loss(lambda: x.relu()).nodes
    np.testing.assert_array_equal(dead(out), [True, True, False])
    assert dead(leaf) is None


SCALES = [(0.5, "train", 2), (0.2, "train", 1.25), (0.0, "train", 1), (1.0, "train", 1), (0.5, "test", 1)]


@pytest.mark.parametrize(("p", "scaling", "expected"), SCALES)
def test_kept_units_are_scaled_as_the_dropout_did(p, scaling, expected):
    x = td.Tensor(np.ones(40), requires_grad=True)
    out = record_loss(lambda: F.dropout(x, p, scaling=scaling)).nodes[-1]
    assert scale(out) == pytest.approx(expected)
    kept = ~dropped(out)
    np.testing.assert_allclose(out.data[kept], expected)
