"""A pass rerun from its recording only: every operation gives the same bits again."""

import numpy as np
import pytest
from hypothesis import given, settings

import tinygrad_dropout as td
from tests.functional.calls import Call
from tests.functional.table import OPERATIONS, Operation
from tests.study.graphs import generator_state, programs, record_loss, record_program, same_bits
from tinygrad_dropout import functional as F
from tinygrad_dropout import study
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.rerun import rebuild, rebuild_exactly, record_again, run_again
from tinygrad_dropout.study.trace import Pass
from tinygrad_dropout.study.wrong_run import first_difference

often = settings(max_examples=80)
TABLE = [pytest.param(row, call, id=f"{row}: {call}") for row in OPERATIONS for call in row.calls.always]


def record_call(operation: Operation, call: Call, dtype: type) -> Pass:
    rng = np.random.default_rng(1)
    inputs = [td.Tensor(operation.domain(rng, shape).astype(dtype), requires_grad=True) for shape in call.shapes]
    with study.record() as replay:
        out = operation.ours(*inputs, **call.options)
        out.backward(rng.uniform(-2, 2, out.shape))
    return replay.passes[0]


def contributions_are_the_same(one: Pass, other: Pass) -> bool:
    assert len(one.steps) == len(other.steps)
    for mine, theirs in zip(one.steps, other.steps, strict=True):
        for left, right in zip(mine.contributions, theirs.contributions, strict=True):
            if left.value is None or right.value is None:
                assert left.value is right.value
            else:
                assert same_bits(left.value, right.value)
    return True


@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=lambda dtype: dtype.__name__)
@pytest.mark.parametrize(("operation", "call"), TABLE)
def test_every_operation_can_be_rerun_with_the_same_bits(operation, call, dtype):
    recorded = record_call(operation, call, dtype)
    tensors = rebuild_exactly(recorded)
    for node, tensor in zip(recorded.nodes, tensors, strict=True):
        assert same_bits(tensor.data, node.data)
        assert tensor.requires_grad == node.requires_grad
    again = record_again(recorded, tensors, "again")
    assert contributions_are_the_same(recorded, again)


@often
@given(program=programs())
def test_any_graph_can_be_rerun_with_the_same_bits(program):
    recorded, _ = record_program(program)
    before = generator_state()
    tensors = rebuild_exactly(recorded)
    again = record_again(recorded, tensors, "once more")
    assert generator_state() == before
    assert first_difference(recorded, again) is None
    assert contributions_are_the_same(recorded, again)
    assert (again.number, again.label, again.source_line) == (recorded.number, "once more", recorded.source_line)
    for then, now in zip(recorded.nodes, again.nodes, strict=True):
        assert same_bits(then.data, now.data)
        facts = [(node.name, node.operation, node.parents, node.layer, node.source_line) for node in (then, now)]
        assert facts[0] == facts[1]


def test_the_rebuilt_tensors_share_no_memory():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    x.grad = np.array([5.0, 5.0])
    recorded = record_loss(lambda: (x * x).sum())
    tensors = rebuild_exactly(recorded)
    tensors[-1].backward()
    np.testing.assert_array_equal(tensors[0].grad, [7, 9])
    np.testing.assert_array_equal(x.grad, [7, 9])
    tensors[0].data.fill(100)
    tensors[0].grad.fill(100)
    np.testing.assert_array_equal(recorded.nodes[0].data, [1, 2])
    np.testing.assert_array_equal(recorded.nodes[0].grad_before, [5, 5])
    np.testing.assert_array_equal(x.data, [1, 2])


def test_a_pass_can_be_rerun_under_no_grad():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: (x * x).sum())
    with td.no_grad():
        assert rebuild(recorded)[-1].requires_grad


def test_floating_leaves_can_take_another_dtype():
    x = td.Tensor(np.array([0.1, 0.2], dtype=np.float32), requires_grad=True)
    x.grad = np.array([1.0, 1.0], dtype=np.float32)
    y = td.Tensor(np.array([2, 3]))
    recorded = record_loss(lambda: F.stack([x, x]).sum(axis=0) * td.Tensor(np.ones(2, dtype=np.float32)) + x)
    tensors = rebuild(recorded, dtype=np.float64)
    assert {tensor.dtype for tensor in tensors} == {np.dtype(np.float64)}
    assert tensors[0].grad.dtype == np.float64
    assert rebuild(recorded)[-1].dtype == np.float32
    recorded = record_loss(lambda: x.data @ (y.data @ td.Tensor(np.ones((2, 2)), requires_grad=True)))
    kinds = {node.data.dtype.kind for node in recorded.nodes if not node.operation}
    assert kinds == {tensor.dtype.kind for tensor in rebuild(recorded, dtype=np.float64) if tensor.is_leaf}


def test_an_integer_leaf_keeps_its_dtype():
    x, y = td.Tensor(np.array([2, 3])), td.Tensor(np.array([2, 4]))
    w = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: record(w.data * (x.data * y.data), (w, x), lambda grad, w, x: (grad, None)))
    recorded.nodes[-1].forward = lambda w, x: w * 1.0
    tensors = rebuild(recorded, dtype=np.float32)
    assert sorted(str(tensor.dtype) for tensor in tensors[:2]) == ["float32", "int64"]


# Reruns with changes --------------------------------------------------------------------------------------------------


def test_an_argument_can_be_changed():
    x = td.Tensor(np.array([[1.0, 2.0], [3.0, 4.0]]), requires_grad=True)
    recorded = record_loss(lambda: (x.sum(axis=0) * 2).sum())
    (index,) = [index for index, node in enumerate(recorded.nodes) if node.saved.get("axis") == 0]
    tensors = rebuild(recorded, changes={index: {"axis": 1}})
    np.testing.assert_array_equal(tensors[index].data, [3, 7])
    assert tensors[-1].item() == 20


def test_parents_can_be_replaced():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: x - 5.0)
    other = td.Tensor(np.array([10.0, 20.0]))
    np.testing.assert_array_equal(run_again(recorded.nodes[-1], [other, td.Tensor(1.0)]).data, [9, 19])


def test_an_operation_that_returns_its_input_is_left_out_of_the_rerun():
    mask = np.array([True, False])
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: (F.dropout(x.tanh(), 0.5, mask=mask) * 3).sum())
    (index,) = [index for index, node in enumerate(recorded.nodes) if node.operation == "dropout"]
    again = record_again(recorded, rebuild(recorded, changes={index: {"training": False}}), "evaluation mode")
    assert [node.name for node in again.nodes] == ["x", "tanh", "3", "multiply", "sum"]
    np.testing.assert_allclose(again.gradients()[0], 3 * (1 - np.tanh([1, 2]) ** 2))


def test_the_rerun_uses_the_same_seed():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with study.record() as replay:
        (x * 3).backward(np.array([10.0, 20.0]))
    (recorded,) = replay.passes
    again = record_again(recorded, rebuild(recorded), "again")
    np.testing.assert_array_equal(again.gradients()[0], [30, 60])


def test_a_rerun_that_requires_no_gradient_says_so():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: F.dropout(x, 0.5))
    tensors = rebuild(recorded, changes={1: {"training": False}})
    with pytest.raises(StudyError, match=r"evaluation mode: no tensor in this run requires a gradient"):
        record_again(recorded, tensors, "evaluation mode")


# Passes that cannot be rerun ------------------------------------------------------------------------------------------


def forgotten_backward(grad, x):
    """dL/dx = 2 grad"""
    return (2 * grad,)


def secretive(x, secret):
    return record(x.data * secret, (x,), secretive_backward, ())


def secretive_backward(grad, x):
    """dL/dx = 3 grad"""
    return (3 * grad,)


calls_of_fickle = []


def fickle(x):
    calls_of_fickle.append(x)
    return record(x.data + len(calls_of_fickle), (x,), fickle_backward)


def fickle_backward(grad, x):
    """dL/dx = grad"""
    return (grad,)


def plain(x):
    """The function next to plain_backward returns an array."""
    return x.data


def plain_backward(grad, x):
    """dL/dx = grad"""
    return (grad,)


def raising(x):
    raise KeyError("not now")


def raising_backward(grad, x):
    """dL/dx = grad"""
    return (grad,)


NOT_RERUNNABLE = [
    (
        lambda x: record(x.data * 2, (x,), forgotten_backward),
        r"expected a function forgotten next to forgotten_backward",
    ),
    (lambda x: record(x.data * 2, (x,), lambda grad, x: (2 * grad,)), r"expected a function <lambda> next to <lambda>"),
    (lambda x: secretive(x, 3), r"secretive needs its argument secret to rerun; it was not saved"),
    (lambda x: fickle(x), r"when rerun, fickle gives different numbers"),
    (lambda x: record(x.data, (x,), plain_backward), r"expected plain to return a Tensor, got ndarray"),
    (lambda x: record(x.data, (x,), raising_backward), r"the forward pass cannot be rerun: KeyError: 'not now'"),
]


@pytest.mark.parametrize(("operation", "words"), NOT_RERUNNABLE, ids=[words[:40] for _, words in NOT_RERUNNABLE])
def test_an_operation_that_cannot_be_rerun_says_why(operation, words):
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: operation(x.tanh()).sum())
    assert len(recorded.steps) == 3
    with pytest.raises(StudyError, match=words):
        rebuild_exactly(recorded)


def test_a_weight_that_was_changed_after_use_is_noticed():
    w = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with study.record() as replay:
        loss = (w * 3).sum()
        w.data += 1
        loss.backward()
    with pytest.raises(StudyError, match=r"multiply gives different numbers; was an input changed after use"):
        rebuild_exactly(replay.passes[0])


def test_nan_equals_nan():
    x = td.Tensor(np.array([np.nan, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: (x * 2).sum())
    assert np.isnan(rebuild_exactly(recorded)[-1].item())


def scaled(tensor, by, *, shift=0.0):
    """An operation of your own whose backward function has another name for its parent."""
    return record(tensor.data * by + shift, (tensor,), scaled_backward, (by, shift))


def scaled_backward(grad, x, by, shift):
    """dL/dx = grad * by"""
    return (grad * by,)


def weighted(values, weight):
    """An operation of your own whose backward function has the same argument names, in another order."""
    return record(values.data * weight.data, (weight, values), weighted_backward)


def weighted_backward(grad, weight, values):
    """dL/dweight = grad * values; dL/dvalues = grad * weight"""
    return grad * values.data, grad * weight.data


def test_an_operation_of_your_own_gets_its_parents_by_name():
    x, y = (td.Tensor(np.array(values), requires_grad=True) for values in ([1.0, 2.0], [3.0, 4.0]))
    recorded = record_loss(lambda: weighted(x, y) - 1)
    assert same_bits(rebuild_exactly(recorded)[-1].data, np.array([2.0, 7.0]))
    node = recorded.nodes[2]
    other = run_again(node, [td.Tensor(np.array([0.0, 1.0])), td.Tensor(np.array([5.0, 5.0]))])
    np.testing.assert_array_equal(other.data, [0, 5])


def test_parent_names_are_the_arguments_after_the_gradient():
    x, y = (td.Tensor(np.array(values), requires_grad=True) for values in ([1.0, 2.0], [3.0, 4.0]))
    node = record_loss(lambda: weighted(x, y)).nodes[-1]
    assert node.arguments == ("weight", "values")
    many = record_loss(lambda: F.concatenate([x, y])).nodes[-1]
    assert many.arguments == ()


def test_an_operation_of_your_own_gets_its_parents_in_order_if_the_names_differ():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: scaled(x, 3.0, shift=1.0).sum())
    assert same_bits(rebuild_exactly(recorded)[1].data, np.array([4.0, 7.0]))
