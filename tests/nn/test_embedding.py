"""Embedding: looking up rows of a table by index, with PyTorch's gradients."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn


@pytest.mark.parametrize("padding_idx", [None, 0, 2, -1])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_values_and_gradients_are_pytorchs(torch, dtype, padding_idx):
    ours = nn.Embedding(4, 3, padding_idx, dtype=dtype)
    theirs = torch.nn.Embedding(4, 3, padding_idx, dtype=getattr(torch, np.dtype(dtype).name))
    assert list(ours.state_dict()) == list(theirs.state_dict())
    theirs.load_state_dict({"weight": torch.from_numpy(ours.state_dict()["weight"])})
    indices = np.array([[0, 1, 1], [3, 3, 3]])
    our_out, their_out = ours(indices), theirs(torch.tensor(indices))
    assert our_out.dtype == dtype
    np.testing.assert_array_equal(our_out.data, their_out.detach().numpy())
    upstream = np.random.default_rng(0).normal(size=(2, 3, 3)).astype(dtype)
    our_out.backward(upstream)
    their_out.backward(torch.tensor(upstream))
    np.testing.assert_allclose(ours.weight.grad, theirs.weight.grad.numpy(), rtol=1e-6)


def test_gradients_of_a_repeated_index_add_up_and_those_of_a_missing_one_are_0():
    weight = td.Tensor(np.ones((3, 2)), requires_grad=True)
    F.embedding([1, 1, 0], weight).backward(np.array([[1.0, 2.0], [10.0, 20.0], [5.0, 6.0]]))
    np.testing.assert_array_equal(weight.grad, [[5, 6], [11, 22], [0, 0]])


def test_the_padding_row_starts_as_zeros_and_gets_no_gradient():
    layer = nn.Embedding(3, 2, padding_idx=-3)
    assert layer.padding_idx == 0
    layer([[0, 1], [2, 0]]).sum().backward()
    np.testing.assert_array_equal(layer.weight.data[0], [0, 0])
    np.testing.assert_array_equal(layer.weight.grad, [[0, 0], [1, 1], [1, 1]])


@pytest.mark.parametrize(
    "indices", [[1, 0], (1, 0), np.array([1, 0], np.uint8), np.array([1, 0], np.int32), td.Tensor([1, 0])], ids=repr
)
def test_indices_can_be_a_list_an_array_or_a_tensor_of_integers(indices):
    layer = nn.Embedding(2, 3)
    np.testing.assert_array_equal(layer(indices).data, layer.weight.data[[1, 0]])


def test_overwriting_the_indices_before_backward_changes_nothing():
    layer, indices = nn.Embedding(2, 1), np.array([0, 0])
    out = layer(indices)
    indices[:] = 1
    out.sum().backward()
    np.testing.assert_array_equal(layer.weight.grad, [[2], [0]])


def test_the_result_is_a_copy_so_the_table_can_be_changed_before_backward():
    layer = nn.Embedding(2, 1)
    out = layer([0])
    with td.no_grad():
        layer.weight += 1
    out.sum().backward()
    np.testing.assert_array_equal(layer.weight.grad, [[1], [0]])


def test_initial_rows_are_standard_normal_and_come_from_the_given_generator():
    one, other = (nn.Embedding(200, 100, rng=np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(one.weight.data, other.weight.data)
    assert abs(one.weight.data.mean()) < 6 / np.sqrt(20_000)
    assert abs(one.weight.data.var() - 1) < 6 * np.sqrt(2 / 20_000)
    assert one.weight.dtype == np.float32


def test_repr_shows_the_sizes():
    assert repr(nn.Embedding(3, 2)) == "Embedding(3, 2)"
    assert repr(nn.Embedding(3, 2, padding_idx=1)) == "Embedding(3, 2, padding_idx=1)"


def test_a_table_without_rows_has_no_index():
    with pytest.raises(IndexError, match="embedding: expected indices from 0 to -1, got 0"):
        nn.Embedding(0, 2)([0])
