"""In-place operators change only their target, and backward refuses a value that has changed since the forward."""

import operator
import threading

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.functional.table import OPERATIONS
from tests.functional.test_operations import as_torch, draw_inputs, draw_upstream
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, optim
from tinygrad_dropout.autograd import in_place

CHANGED = r"has changed since"
OPERATORS = [operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ipow]
each_operator = pytest.mark.parametrize("apply", OPERATORS, ids=lambda apply: apply.__name__)


def leaf(*numbers: float, requires_grad: bool = True) -> td.Tensor:
    return td.Tensor(np.array(numbers), requires_grad=requires_grad)


# What an in-place operator does ---------------------------------------------------------------------------------------


@each_operator
def test_under_no_grad_the_tensor_itself_changes(apply):
    w = leaf(4.0, 9.0)
    array = w.data
    expected = apply(w.data.copy(), 2.0)
    with td.no_grad():
        assert apply(w, 2.0) is w
    assert w.data is array
    np.testing.assert_array_equal(array, expected)
    assert w.is_leaf
    assert w.requires_grad


@each_operator
def test_if_neither_side_requires_gradients_the_tensor_itself_changes(apply):
    total = leaf(4.0, 9.0, requires_grad=False)
    alias = total
    total = apply(total, leaf(2.0, 3.0, requires_grad=False))
    assert total is alias


@each_operator
def test_on_a_leaf_that_requires_gradients_it_is_an_error_as_in_pytorch(apply):
    w = leaf(4.0)
    with pytest.raises(RuntimeError, match=r"in place: a leaf that requires gradients.*no_grad\(\): w -= lr"):
        apply(w, 2.0)
    np.testing.assert_array_equal(w.data, [4.0])


@each_operator
def test_if_the_result_needs_a_gradient_it_is_recorded_as_a_new_tensor(apply):
    outside = {operator.iadd: operator.add, operator.isub: operator.sub, operator.imul: operator.mul,
               operator.itruediv: operator.truediv, operator.ipow: operator.pow}[apply]  # fmt: skip
    for left, right in ((leaf(4.0, requires_grad=False), leaf(2.0)), (leaf(4.0) * 1, leaf(2.0, requires_grad=False))):
        before = left.data.copy()
        out = apply(left, right)
        assert out is not left
        np.testing.assert_array_equal(left.data, before)
        np.testing.assert_array_equal(out.data, outside(left.data, right.data))
        assert out.requires_grad


def test_sgd_by_hand_in_a_loop_over_parameters_is_sgd():
    def trained(by_hand: bool) -> list[np.ndarray]:
        model = nn.Sequential(nn.Linear(3, 4, rng=np.random.default_rng(0)), nn.ReLU(),
                              nn.Linear(4, 2, rng=np.random.default_rng(1)))  # fmt: skip
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        for _ in range(3):
            model.zero_grad()
            F.cross_entropy(model(np.eye(3, dtype=np.float32)), [0, 1, 0]).backward()
            if by_hand:
                with td.no_grad():
                    for p in model.parameters():
                        p -= 0.1 * p.grad
            else:
                optimizer.step()
        return list(model.state_dict().values())

    for ours, theirs in zip(trained(by_hand=True), trained(by_hand=False), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_an_update_outside_no_grad_gives_an_error_or_a_warning():
    w = leaf(1.0)
    (w * 3).sum().backward()
    with pytest.raises(RuntimeError, match="in place"):
        w -= 0.1 * w.grad
    w = w - 0.1 * w.grad
    (w * 3).sum().backward()
    with pytest.warns(
        UserWarning, match=r"result of subtract.*retain_grad\(\).*with td\.no_grad\(\): w -= lr \* w\.grad"
    ):
        assert w.grad is None


def test_changing_a_view_changes_its_base():
    x = leaf(1.0, 2.0, 3.0)
    with td.no_grad():
        row = x[1:]
        row *= 10
    np.testing.assert_array_equal(x.data, [1.0, 20.0, 30.0])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("other", [2, 0.5, np.float64(0.5), np.full(2, 0.5), [0.5, 2], td.Tensor(np.ones(2))], ids=repr)
def test_the_left_side_keeps_its_dtype(dtype, other):
    x = td.Tensor(np.array([1.0, 2.0], dtype=dtype))
    x += other
    assert x.dtype == dtype


@pytest.mark.parametrize("other", [3, td.Tensor([3]), td.Tensor(np.int8([3])), True], ids=repr)
def test_among_integers_the_dtype_of_the_left_side_wins(other):
    x = td.Tensor(np.array([1, 2], dtype=np.uint8))
    x += other
    x *= other
    assert (x.dtype, x.data[0]) == (np.uint8, (1 + 3) * 3 if other is not True else 2)


@pytest.mark.parametrize(
    ("left", "apply", "right", "error", "words"),
    [
        (td.Tensor([1, 2]), operator.itruediv, 2, TypeError, "divide in place.*int64"),
        (td.Tensor([1, 2]), operator.iadd, 0.5, TypeError, "add in place.*int64"),
        (td.Tensor([True]), operator.iadd, 1, TypeError, "add in place.*bool"),
        (td.Tensor([1.0, 2.0]), operator.iadd, [1.0, 2.0, 3.0], ValueError, r"add in place.*\(2,\).*\(3,\)"),
        (td.Tensor([1.0]), operator.iadd, [1.0, 2.0], ValueError, r"add in place.*\(1,\).*\(2,\)"),
        (td.Tensor([1.0]), operator.iadd, "1", TypeError, "numbers"),
        (td.Tensor(np.broadcast_to(np.ones(1), (3,))), operator.imul, 2, ValueError, "writable.*read-only"),
    ],
    ids=["integers divided", "integers plus a half", "a boolean plus 1", "two lengths", "a longer right side",
         "a string", "a read-only array"],
)  # fmt: skip
def test_a_right_side_that_does_not_fit_is_refused_and_nothing_changes(left, apply, right, error, words):
    before = left.data.copy()
    with pytest.raises(error, match=words):
        apply(left, right)
    np.testing.assert_array_equal(left.data, before)


# What backward refuses, and what it accepts ---------------------------------------------------------------------------


def changed_in_place(tensor) -> None:
    with td.no_grad():
        tensor *= 2


def step(*params) -> None:
    for parameter in params:
        parameter.grad = np.ones(parameter.shape, parameter.dtype)
    optim.SGD(params, lr=0.1).step()


WAYS_TO_CHANGE = {
    "an in-place operator": changed_in_place,
    "through detach()": lambda w: changed_in_place(w.detach()),
    "through a view": lambda w: changed_in_place(w[:1]),
    "through a view of a view": lambda w: changed_in_place(w.detach().reshape(-1)[::2]),
    "an optimizer": step,
    "an optimizer of several": lambda w: step(nn.Parameter(np.ones(3)), w, nn.Parameter(np.ones(2))),
    "max_norm": lambda w: optim.max_norm([w.reshape(1, -1)] if w.ndim < 2 else [w], 1e-3),
}
each_way = pytest.mark.parametrize("change", [w for n, w in WAYS_TO_CHANGE.items() if n != "max_norm"],
                                   ids=[n for n in WAYS_TO_CHANGE if n != "max_norm"])  # fmt: skip


@each_way
def test_a_changed_factor_is_refused(change):
    w = leaf(1.0, 2.0)
    out = (w * w).sum()
    change(w)
    with pytest.raises(RuntimeError, match=rf"backward of multiply: expected input [01] .*{CHANGED}.*run the forward"):
        out.backward()


@each_way
def test_a_changed_value_that_no_backward_reads_is_accepted(change):
    b, x = leaf(1.0, 2.0), leaf(3.0, 4.0)
    out = (b + x).sum()
    change(b)
    b.grad = None
    out.backward()
    np.testing.assert_array_equal(b.grad, [1, 1])
    np.testing.assert_array_equal(x.grad, [1, 1])


def test_a_result_that_was_changed_after_its_operation_saved_it_is_refused():
    h = leaf(1.0).exp()
    with td.no_grad():
        h *= 2
    with pytest.raises(RuntimeError, match=rf"backward of exp: expected the saved out .*{CHANGED}"):
        h.sum().backward()


def test_max_norm_and_a_conversion_and_a_loaded_state_are_noticed_too():
    for change in (
        lambda layer: optim.max_norm(layer.parameters(), 1e-3),
        lambda layer: layer.double(),
        lambda layer: layer.load_state_dict(layer.state_dict()),
    ):
        layer = nn.Linear(3, 2)
        out = layer(td.Tensor(np.ones((4, 3), np.float32), requires_grad=True)).sum()
        change(layer)
        with pytest.raises(RuntimeError, match=rf"backward of linear: expected input 1 .*{CHANGED}"):
            out.backward()


def test_a_step_between_two_losses_is_noticed():
    """PyTorch refuses this too. The first layer's weight does not matter, because its input needs no gradient."""
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    out = model(np.ones((5, 3), np.float32))
    first, second = out.sum(), (out * 2.0).sum()
    first.backward(retain_graph=True)
    optimizer.step()
    with pytest.raises(RuntimeError, match=rf"backward of linear: expected input 1 .*\(2, 4\).*{CHANGED}"):
        second.backward()

    alone = nn.Linear(3, 2)
    optimizer = optim.SGD(alone.parameters(), lr=0.1)
    out = alone(np.ones((5, 3), np.float32))
    out.sum().backward(retain_graph=True)
    optimizer.step()
    alone.zero_grad()
    out.sum().backward()
    np.testing.assert_array_equal(alone.weight.grad, np.full((2, 3), 5))


def test_a_step_does_not_mark_a_frozen_neighbor_as_changed():
    """The optimizer keeps its parameters in one array, but those without a gradient have not changed."""
    frozen, other = nn.Parameter(np.ones(2)), nn.Parameter(np.ones(2))
    optimizer = optim.SGD([frozen, other], lr=0.1)
    for parameter in (frozen, other):
        parameter.grad = np.ones(2)
    optimizer.step()
    x = leaf(1.0, 2.0)
    out = (x * frozen.detach()).sum()
    frozen.grad, other.grad = None, np.ones(2)
    optimizer.step()
    out.backward()
    np.testing.assert_array_equal(x.grad, frozen.data)


def test_a_change_before_the_forward_pass_does_not_matter():
    w = leaf(1.0, 2.0)
    changed_in_place(w)
    (w * w).sum().backward()
    np.testing.assert_array_equal(w.grad, 2 * w.data)


def test_a_change_of_something_else_does_not_matter():
    w, other = leaf(1.0, 2.0), leaf(1.0, 2.0)
    out = (w * w).sum()
    changed_in_place(other)
    out.backward()
    np.testing.assert_array_equal(w.grad, [2.0, 4.0])


def test_an_unchanged_part_can_be_read():
    x = leaf(1.0, 2.0, 3.0, 4.0, requires_grad=False)
    w = leaf(1.0, 1.0)
    out = (w * x[:2]).sum()
    changed_in_place(x[2:])
    out.backward()
    np.testing.assert_array_equal(w.grad, [1.0, 2.0])


def test_a_changed_index_is_refused():
    x, index = leaf(1.0, 2.0, 3.0), td.Tensor([0, 1])
    for key in (index, (index,), [index.data]):
        out = x[key].sum()
        index += 1
        index -= 1
        with pytest.raises(RuntimeError, match=CHANGED):
            out.backward()


def test_a_change_is_noticed_with_retain_graph_and_within_detect_anomaly():
    w = leaf(1.0, 2.0)
    with td.detect_anomaly():
        out = (w * w).sum()
        out.backward(retain_graph=True)
        changed_in_place(w)
        with pytest.raises(td.AnomalyError, match=r"multiply at .*test_in_place.*input [01] .* was changed"):
            out.backward(retain_graph=True)


def test_a_change_is_noticed_across_threads():
    w = leaf(1.0, 2.0)
    out = (w * w).sum()
    thread = threading.Thread(target=changed_in_place, args=(w,))
    thread.start()
    thread.join()
    with pytest.raises(RuntimeError, match=CHANGED):
        out.backward()


def test_many_changes_of_parts_count_as_one_change_of_the_whole():
    x, w = td.Tensor(np.ones(1000)), leaf(*np.ones(1000))
    out = (w * x).sum()
    for index in range(1000):
        part = x[index : index + 1]
        part += 1
        assert len(in_place.changes[id(x.data)].spans) <= in_place.MAX_SPANS
    with pytest.raises(RuntimeError, match=CHANGED):
        out.backward()


def test_changes_of_a_deleted_array_are_forgotten():
    before = len(in_place.changes)
    for _ in range(50):
        x = leaf(1.0, requires_grad=False)
        x += 1
    del x
    assert len(in_place.changes) == before


# Exactly where PyTorch refuses ----------------------------------------------------------------------------------------

#: PyTorch refuses but we don't: these keep a separate array, or do not read what PyTorch checks anyway.
WE_ACCEPT = {"mse_loss", "nll_loss", "power", "layer_norm", "batch_norm"}
#: PyTorch may accept these: for some shapes it folds a stack of matrices into one, which it copies and keeps.
PYTORCH_ACCEPTS = {"matmul"}
ONCE = [(row, call) for row in OPERATIONS for call in row.calls.always[-3:] if all(np.prod(s) for s in call.shapes)]


def refuses(backward) -> bool:
    try:
        backward()
    except RuntimeError as error:
        return CHANGED in str(error) or "modified by an inplace operation" in str(error)
    return False


@pytest.mark.parametrize(("operation", "call"), ONCE, ids=[f"{row}: {call}" for row, call in ONCE])
def test_backward_refuses_a_changed_input_or_result_where_pytorch_does(torch, operation, call):
    arrays = draw_inputs(operation, call)
    count = len(arrays)
    for requires in {(True,) * count, *(tuple(i == one for i in range(count)) for one in range(count))}:
        for changed in range(count + 1):
            ours = [td.Tensor(array.copy(), requires_grad=r) for array, r in zip(arrays, requires, strict=True)]
            theirs = [torch.tensor(array, requires_grad=r) for array, r in zip(arrays, requires, strict=True)]
            our_out, their_out = operation.ours(*ours, **call.options), as_torch(torch, operation, theirs, call.options)
            upstream = draw_upstream(our_out.shape)
            with td.no_grad():
                [*ours, our_out][changed].__imul__(1.0)
            with torch.no_grad():
                [*theirs, their_out][changed].mul_(1.0)
            ours_refuses = refuses(lambda: our_out.backward(upstream))  # noqa: B023
            theirs_refuses = refuses(lambda: their_out.backward(torch.tensor(upstream)))  # noqa: B023
            if ours_refuses < theirs_refuses:
                assert operation.name.split()[0] in WE_ACCEPT, (requires, changed)
            if ours_refuses > theirs_refuses:
                assert operation.name in PYTORCH_ACCEPTS, (requires, changed)


def test_a_negative_power_of_integers_changes_nothing():
    x = td.Tensor([2, -2])
    with pytest.raises(ValueError, match=r"power in place.*negative integer powers"):
        x **= td.Tensor([2, -2])
    np.testing.assert_array_equal(x.data, [2, -2])
