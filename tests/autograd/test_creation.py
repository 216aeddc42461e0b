"""Tensors from scratch: what is copied, what is shared, and which dtype they get."""

import numpy as np
import pytest

import tinygrad_dropout as td


def test_tensor_copies_and_from_numpy_shares():
    array = np.ones(3)
    copied, shared = td.tensor(array), td.from_numpy(array)
    array[0] = 9
    np.testing.assert_array_equal(copied.data, [1, 1, 1])
    np.testing.assert_array_equal(shared.data, [9, 1, 1])
    assert td.Tensor(array).data is shared.data is array


@pytest.mark.parametrize("data", [2.5, 3, True, [1.0, 2.0], [[1, 2]], np.float16(2), np.ones((2, 0)), np.arange(3)])
def test_tensor_chooses_the_dtype_that_pytorch_chooses(torch, data):
    ours, theirs = td.tensor(data), torch.tensor(data)
    assert (ours.shape, ours.dtype) == (tuple(theirs.shape), theirs.numpy().dtype)


def test_tensor_takes_a_dtype_and_requires_grad():
    x = td.tensor([1, 2], dtype=np.float64, requires_grad=True)
    assert (x.dtype, x.requires_grad, x.is_leaf) == (np.float64, True, True)
    with pytest.raises(TypeError, match="floating"):
        td.tensor([1, 2], requires_grad=True)


def test_a_copy_of_a_tensor_is_a_new_leaf():
    x = td.tensor([1.0, 2.0], requires_grad=True)
    copy = td.tensor(x * 2)
    assert copy.is_leaf
    assert not copy.requires_grad


@pytest.mark.parametrize("make", [td.zeros, td.ones, td.randn], ids=lambda make: make.__name__)
def test_a_shape_is_given_as_lengths_as_a_tuple_or_not_at_all(make):
    assert make(2, 3).shape == make((2, 3)).shape == make([2, 3]).shape == (2, 3)
    assert make().shape == make(()).shape == ()
    assert make(0, 2).shape == (0, 2)
    assert make(2).dtype == np.float32
    assert make(2, dtype=np.float64, requires_grad=True).dtype == np.float64
    assert make(2, requires_grad=True).requires_grad
    assert not make(2).requires_grad


def test_zeros_are_0_and_ones_are_1():
    np.testing.assert_array_equal(td.zeros(2, 2).data, [[0, 0], [0, 0]])
    np.testing.assert_array_equal(td.ones(2, dtype=np.int64).data, [1, 1])


def test_randn_draws_from_the_frameworks_generator_or_from_the_one_given():
    td.manual_seed(3)
    first = td.randn(5).data
    td.manual_seed(3)
    np.testing.assert_array_equal(td.randn(5).data, first)
    one, other = (td.randn(4, rng=np.random.default_rng(1)).data for _ in range(2))
    np.testing.assert_array_equal(one, other)
    many = td.randn(100_000, dtype=np.float64).data
    assert abs(many.mean()) < 6 / np.sqrt(many.size)
    assert abs(many.var() - 1) < 6 * np.sqrt(2 / many.size)


@pytest.mark.parametrize("data", [[1.0], 3, td.Tensor([1.0])], ids=repr)
def test_from_numpy_takes_only_arrays(data):
    with pytest.raises(TypeError, match=r"from_numpy: expected an ndarray, got \w+; td\.tensor"):
        td.from_numpy(data)
