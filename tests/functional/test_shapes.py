"""Rearranging elements: indexing accumulates, and no gradient shares memory with another array."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F

X = np.arange(12.0).reshape(4, 3)


def test_an_entry_taken_twice_gets_both_gradients():
    """Seen in smolgrad: indexing lost its gradient."""
    x = td.Tensor(X, requires_grad=True)
    x[np.array([1, 1, 3])].backward(np.array([[1.0, 2, 3], [10, 20, 30], [5, 5, 5]]))
    np.testing.assert_array_equal(x.grad, [[0, 0, 0], [11, 22, 33], [0, 0, 0], [5, 5, 5]])


@pytest.mark.parametrize(
    "key", [slice(None, None, -1), (slice(3, 0, -2), slice(None, None, -1)), (..., slice(None, None, -1))], ids=str
)
def test_a_negative_step_puts_each_gradient_back_where_its_entry_came_from(key):
    x = td.Tensor(X, requires_grad=True)
    out = x[key]
    upstream = np.arange(1.0, out.size + 1).reshape(out.shape)
    out.backward(upstream)
    expected = np.zeros_like(X)
    expected[key] = upstream
    np.testing.assert_array_equal(out.data, X[key])
    np.testing.assert_array_equal(x.grad, expected)


@pytest.mark.parametrize(
    "index", [td.Tensor(np.array([0, 2])), [0, 2], np.array([0, 2])], ids=lambda i: type(i).__name__
)
def test_integers_of_every_form_can_index(index):
    x = td.Tensor(X, requires_grad=True)
    np.testing.assert_array_equal(x[index].data, X[[0, 2]])


def test_a_comparison_of_tensors_indexes_a_tensor():
    x = td.Tensor(X, requires_grad=True)
    x[x > 8].sum().backward()
    np.testing.assert_array_equal(x.grad, X > 8)


def test_iterating_gives_the_rows_and_ends():
    rows = list(td.Tensor(X, requires_grad=True))
    assert [row.shape for row in rows] == [(3,)] * 4
    assert all(row.requires_grad for row in rows)


MOVES = {
    "reshape": lambda x: x.reshape(3, 4),
    "permute": lambda x: x.permute(1, 0),
    "transpose": lambda x: x.transpose(0, 1),
    "T": lambda x: x.T,
    "squeeze": lambda x: x.squeeze(),
    "unsqueeze": lambda x: x.unsqueeze(0),
    "flatten": lambda x: x.flatten(),
    "slice": lambda x: x[1:3],
    "concatenate": lambda x: F.concatenate([x, x]),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES.keys())
def test_the_gradient_of_a_rearranged_tensor_shares_no_memory_with_the_seed(move):
    x = td.Tensor(X, requires_grad=True)
    out = move(x)
    seed = np.ones(out.shape)
    out.backward(seed)
    assert not np.shares_memory(x.grad, seed)


def test_reshape_takes_its_shape_as_numbers_or_as_a_tuple():
    x = td.Tensor(X)
    assert x.reshape(2, 6).shape == x.reshape((2, 6)).shape == x.reshape(2, -1).shape == (2, 6)


def test_squeeze_without_an_axis_removes_every_axis_of_size_one():
    assert td.Tensor(np.zeros((1, 3, 1))).squeeze().shape == (3,)


def test_the_pieces_of_a_concatenation_get_their_own_part_of_the_gradient():
    a, b = td.Tensor(np.zeros((1, 2)), requires_grad=True), td.Tensor(np.zeros((2, 2)), requires_grad=True)
    F.concatenate([a, b]).backward(np.array([[1.0, 2], [3, 4], [5, 6]]))
    a.grad[:] = 0
    np.testing.assert_array_equal(b.grad, [[3, 4], [5, 6]])


@pytest.mark.parametrize("key", [((0, 0, 2),), ([0, 0, 2],), (np.array([0, 0, 2]), slice(None)), ((0, 0, 2), slice(1))])
def test_an_entry_repeated_in_any_kind_of_index_gets_all_its_gradients(key):
    x = td.Tensor(X, requires_grad=True)
    picked = x[key]
    picked.sum().backward()
    expected = np.zeros_like(X)
    np.add.at(expected, key, 1)
    np.testing.assert_array_equal(x.grad, expected)


@pytest.mark.parametrize("join", [F.concatenate, F.stack])
def test_integers_joined_to_floats_promote_nothing(join):
    assert join([td.Tensor([1, 2]), td.Tensor([1.0, 2.0])]).dtype == np.float32


def test_a_tensor_without_axes_can_be_transposed_as_in_pytorch():
    assert td.Tensor(3.0).transpose(0, -1).item() == 3.0
    with pytest.raises(td.ShapeError, match="transpose"):
        td.Tensor(3.0).transpose(0, 1)


@pytest.mark.parametrize("index", [1, np.int64(1), np.array(1), td.Tensor(1), (np.array(1), slice(None))], ids=repr)
def test_a_single_integer_of_any_kind_picks_a_view(index):
    x = td.Tensor(np.ones((3, 2)))
    assert np.shares_memory(x[index].data, x.data)
    assert np.shares_memory(x[index][0].data, x.data)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 4)])
def test_only_a_matrix_has_a_transpose(shape):
    with pytest.raises(td.ShapeError, match=r"^\.T: expected a Tensor with two axes, got shape"):
        _ = td.Tensor(np.ones(shape)).T


@pytest.mark.parametrize("join", [F.stack, F.concatenate])
def test_tensors_are_joined_along_the_first_axis_by_default(join):
    x = td.Tensor(np.ones((4, 3)))
    np.testing.assert_array_equal(join([x, x]).data, join([x, x], axis=0).data)
    assert join([x, x]).shape != join([x, x], axis=1).shape
