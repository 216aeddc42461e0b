"""The engine: every promise of backward(), tested from outside.

Operations whose backward reports its arguments are made with `record`, like any operation.
"""

import contextlib
import re
import weakref

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout.autograd.recording import record


class Counter:
    """An identity operation that counts how often its backward runs, and keeps the gradients it gets."""

    def __init__(self) -> None:
        self.runs = 0
        self.grads: list[np.ndarray] = []

    def __call__(self, x: td.Tensor) -> td.Tensor:
        return record(x.data.copy(), (x,), self.counted_backward)

    def counted_backward(self, grad, x):
        self.runs += 1
        self.grads.append(grad.copy())
        return (grad,)


def leaf(*values: float) -> td.Tensor:
    return td.Tensor(np.array(values), requires_grad=True)


# The walk -------------------------------------------------------------------------------------------------------------


def test_a_chain_of_a_million_nodes_needs_no_recursion():
    """Seen in micrograd: RecursionError past about 1,000 nodes."""
    x = leaf(1.0)
    y = x
    for _ in range(1_000_000):
        y = -y
    y.backward()
    np.testing.assert_array_equal(x.grad, [1.0])


def test_a_long_chain_that_never_runs_backward_is_dropped_without_recursion():
    x = leaf(1.0)
    y = x
    for _ in range(200_000):
        y = -y
    alive = weakref.ref(y.data)
    del y
    assert alive() is None


def test_a_diamond_of_depth_10_000_runs_each_node_once():
    """Seen in TinyTorch (2025): the cost was 2^depth."""
    count = Counter()
    x = leaf(1.0)
    y = x
    for _ in range(10_000):
        y = count(0.5 * y + 0.5 * y)
    y.backward()
    assert count.runs == 10_000
    np.testing.assert_array_equal(x.grad, [1.0])


def test_b_is_a_plus_a_and_c_is_b_plus_b_gives_4():
    """Seen in micrograd (#2, #25, #102): the order of visits."""
    a = leaf(1.0)
    b = a + a
    c = b + b
    c.backward()
    np.testing.assert_array_equal(a.grad, [4.0])


def test_a_node_runs_after_all_its_consumers_even_on_the_longest_path():
    count = Counter()
    x = leaf(1.0)
    shared = count(x)
    long_way = shared
    for _ in range(20):
        long_way = long_way * 1.0
    (shared * 10 + long_way).backward()
    assert count.runs == 1
    np.testing.assert_array_equal(count.grads, [[11.0]])


def test_an_unused_branch_changes_no_gradient():
    """Seen in neuralforge: a branch that was not used zeroed every gradient."""
    x = leaf(3.0)
    used, _unused = x * 2, x * 100
    used.backward()
    np.testing.assert_array_equal(x.grad, [2.0])


def test_a_branch_that_leads_to_no_leaf_is_never_visited():
    count = Counter()
    constant = td.Tensor(np.array([1.0]))
    x = leaf(1.0)
    (count(constant) + x).backward()
    assert count.runs == 0
    np.testing.assert_array_equal(x.grad, [1.0])


def test_a_parent_whose_gradient_is_none_gets_nothing():
    x, y = leaf(1.0), leaf(1.0)
    record(x.data + y.data, (x, y), lambda grad, x, y: (grad, None)).backward()
    np.testing.assert_array_equal(x.grad, [1.0])
    assert y.grad is None


def test_a_backward_function_can_see_which_parents_need_a_gradient():
    needed = []

    def product_backward(grad, x, y):
        needed.extend([x.requires_grad, y.requires_grad])
        return grad * y.data, None

    x, y = leaf(2.0), td.Tensor(np.array([3.0]))
    record(x.data * y.data, (x, y), product_backward).backward()
    assert needed == [True, False]


def test_saved_values_reach_backward_after_the_parents():
    x = leaf(2.0)
    record(x.data * 5, (x,), lambda grad, x, factor, word: (grad * factor,), saved=(5.0, "spare")).backward()
    np.testing.assert_array_equal(x.grad, [5.0])


# What comes back ------------------------------------------------------------------------------------------------------


def test_a_gradient_has_its_tensors_shape_for_all_broadcast_shapes():
    """Seen in PyDyNet: (1, 3) * (4, 5, 3) crashed in backward."""
    shapes = [(), (1,), (3,), (1, 3), (5, 1), (4, 1, 1), (4, 5, 3)]
    leaves = [td.Tensor(np.ones(shape), requires_grad=True) for shape in shapes]
    total = leaves[0]
    for other in leaves[1:]:
        total = total * other
    total.sum().backward()
    for tensor in leaves:
        assert tensor.grad.shape == tensor.shape
        np.testing.assert_array_equal(tensor.grad, np.full(tensor.shape, 60 / tensor.size))


def test_leaves_accumulate_over_uses_and_over_calls():
    x = leaf(3.0)
    (x * x).backward()
    np.testing.assert_array_equal(x.grad, [6.0])
    (x * 4).backward()
    np.testing.assert_array_equal(x.grad, [10.0])


def test_a_second_backward_starts_its_intermediates_from_zero():
    """Seen in micrograd (#102): a second backward accumulated through the intermediates."""
    count = Counter()
    x = leaf(2.0)
    y = count(x * x) * 3
    y.backward(retain_graph=True)
    y.backward()
    np.testing.assert_array_equal(count.grads, [[3.0], [3.0]])
    np.testing.assert_array_equal(x.grad, [24.0])


def test_intermediates_keep_no_gradient_unless_asked():
    x = leaf(2.0)
    hidden, kept = x * 3, x * 5
    kept.retain_grad()
    (hidden * kept).backward()
    with pytest.warns(UserWarning, match="result of multiply.*retain_grad"):
        assert hidden.grad is None
    np.testing.assert_array_equal(kept.grad, [6.0])


def test_a_retained_gradient_is_the_complete_gradient():
    x = leaf(2.0)
    kept = x * 1
    kept.retain_grad()
    (kept * 3 + kept.exp() * 0 + kept).backward()
    np.testing.assert_array_equal(kept.grad, [4.0])
    np.testing.assert_array_equal(x.grad, [4.0])


def test_the_gradient_of_a_leaf_with_respect_to_itself_is_one():
    x = leaf(5.0)
    x.backward()
    np.testing.assert_array_equal(x.grad, [1.0])


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)], ids=str)
def test_any_tensor_of_one_element_needs_no_seed(shape):
    x = td.Tensor(np.full(shape, 3.0), requires_grad=True)
    (x * 2).backward()
    np.testing.assert_array_equal(x.grad, np.full(shape, 2.0))


@pytest.mark.parametrize(
    "seed", [[1.0, 2.0], np.array([1, 2]), np.array([1.0, 2.0], dtype=np.float32), td.Tensor([1.0, 2.0])]
)
def test_a_seed_can_be_a_list_an_array_or_a_tensor(seed):
    x = leaf(1.0, 1.0)
    (x * 3).backward(seed)
    np.testing.assert_array_equal(x.grad, [3.0, 6.0])
    assert x.grad.dtype == np.float64


# Released after use ---------------------------------------------------------------------------------------------------


def test_a_second_call_says_that_the_graph_is_gone_and_names_retain_graph():
    y = leaf(2.0) * 3
    y.backward()
    with pytest.raises(RuntimeError, match=r"freed.*retain_graph=True"):
        y.backward()


def test_a_call_through_a_part_that_was_freed_says_so_and_gives_no_gradient():
    x, other = leaf(2.0), leaf(1.0)
    trunk = x * x
    one, two = trunk * 3, trunk * other
    one.backward()
    with pytest.raises(RuntimeError, match=r"freed.*retain_graph=True"):
        two.backward()
    assert other.grad is None
    np.testing.assert_array_equal(x.grad, [12.0])


def test_with_retain_graph_a_shared_part_can_be_used_again():
    x = leaf(2.0)
    trunk = x * x
    one, two = trunk * 3, trunk * 5
    one.backward(retain_graph=True)
    two.backward()
    np.testing.assert_array_equal(x.grad, [32.0])


def test_requires_grad_of_a_result_cannot_be_switched_off():
    """That would silently cut the graph. A leaf can be switched off, and setting True on a result is allowed."""
    x = leaf(1.0)
    hidden = x * 2
    with pytest.raises(RuntimeError, match=r"requires_grad = False.*result of multiply.*detach\(\)"):
        hidden.requires_grad = False
    hidden.requires_grad = True
    x.requires_grad = False
    assert not (x * 2).requires_grad


# What a backward function must return ---------------------------------------------------------------------------------

WRONG_ANSWERS = [
    ("a list", lambda grad, x, y: [grad, grad], "got a list"),
    ("an array", lambda grad, x, y: grad, "got a ndarray"),
    ("nothing", lambda grad, x, y: None, "got a NoneType"),
    ("one gradient for two inputs", lambda grad, x, y: (grad,), "got 1"),
    ("three gradients for two inputs", lambda grad, x, y: (grad, grad, grad), "got 3"),
]


@pytest.mark.parametrize("watched", [False, True], ids=["unwatched", "within detect_anomaly"])
@pytest.mark.parametrize(
    ("backward", "given"), [row[1:] for row in WRONG_ANSWERS], ids=[row[0] for row in WRONG_ANSWERS]
)
def test_a_backward_that_does_not_return_one_gradient_per_input_is_refused(backward, given, watched):
    x, y = leaf(1.0), leaf(2.0)
    with td.detect_anomaly() if watched else contextlib.nullcontext():
        out = record(x.data + y.data, (x, y), backward)
        with pytest.raises(TypeError, match=rf"<lambda>: expected a tuple of 2, .*{given}"):
            out.backward()


def test_a_leaf_whose_data_became_integers_is_an_error():
    x = leaf(1.0)
    x.data = np.array([1])
    with pytest.raises(TypeError, match=r"^backward: expected leaves of a floating dtype, got one of int64"):
        (x * 2.0).backward()


@pytest.mark.parametrize("shape", [(0,), (2,), (1, 0), (1, 2)], ids=str)
def test_a_tensor_of_more_or_fewer_elements_than_one_needs_a_seed(shape):
    x = td.Tensor(np.ones(shape), requires_grad=True)
    with pytest.raises(
        RuntimeError, match=rf"^backward: expected a Tensor of one element, got shape {re.escape(str(shape))}"
    ):
        (x * 2).backward()
    assert x.grad is None
    (x * 2).backward(np.ones(shape))
    np.testing.assert_array_equal(x.grad, np.full(shape, 2.0))


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.bool_], ids=lambda kind: kind.__name__)
def test_a_leaf_whose_data_is_no_longer_floating_is_an_error(dtype):
    x = leaf(1.0, 2.0)
    out = (x + 1.0).sum()
    x.data = np.ones(2, dtype)
    with pytest.raises(TypeError, match=f"expected leaves of a floating dtype, got one of {np.dtype(dtype).name}"):
        out.backward()
