"""Batches: every row once per epoch, in an order from its generator, with the rows of several arrays together."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout.training import Batches

X = np.arange(20.0, dtype=np.float32).reshape(10, 2)
Y = np.arange(10)


def rng(seed=0):
    return np.random.default_rng(seed)


def test_an_epoch_has_each_row_once_and_the_arrays_stay_together():
    epoch = list(Batches(X, Y, batch_size=4, rng=rng()))
    assert [x.shape for x, _ in epoch] == [(4, 2), (4, 2), (2, 2)]
    order = np.concatenate([y for _, y in epoch])
    assert sorted(order) == list(Y)
    assert list(order) != list(Y)
    np.testing.assert_array_equal(np.concatenate([x for x, _ in epoch]), X[order])


def test_each_epoch_has_a_new_order_and_the_same_seed_gives_the_same_orders():
    def two_epochs(seed):
        batches = Batches(Y, rng=rng(seed))
        return [np.concatenate([y for (y,) in batches]).tolist() for _ in range(2)]

    assert two_epochs(0) == two_epochs(0) != two_epochs(1)
    assert two_epochs(0)[0] != two_epochs(0)[1]


def test_without_a_generator_the_order_comes_from_the_frameworks():
    orders = []
    for seed in (3, 3, 4):
        td.manual_seed(seed)
        orders.append([y.tolist() for (y,) in Batches(Y, batch_size=3)])
    assert orders[0] == orders[1] != orders[2]


def test_without_shuffling_a_batch_is_a_view_of_the_rows_in_order():
    epoch = list(Batches(X, batch_size=4, shuffle=False))
    np.testing.assert_array_equal(np.concatenate([x for (x,) in epoch]), X)
    assert all(np.shares_memory(x, X) for (x,) in epoch)


@pytest.mark.parametrize(
    ("batch_size", "drop_last", "sizes"),
    [(4, True, [4, 4]), (5, True, [5, 5]), (10, True, [10]), (11, True, []), (11, False, [10]), (1, False, [1] * 10)],
)
def test_drop_last_leaves_out_only_a_batch_that_is_not_full(batch_size, drop_last, sizes):
    batches = Batches(Y, batch_size=batch_size, drop_last=drop_last)
    assert [len(y) for (y,) in batches] == sizes
    assert len(batches) == len(sizes)


@pytest.mark.parametrize("array", [X, X.tolist(), td.Tensor(X)], ids=["ndarray", "list", "Tensor"])
def test_everything_with_rows_is_accepted(array):
    (rows,) = next(iter(Batches(array, batch_size=3, shuffle=False)))
    np.testing.assert_array_equal(rows, X[:3])


def test_rows_of_a_data_frame_are_its_rows_not_its_columns():
    pandas = pytest.importorskip("pandas")
    (rows,) = next(iter(Batches(pandas.DataFrame(X, columns=["a", "b"], index=Y[::-1]), batch_size=3, shuffle=False)))
    np.testing.assert_array_equal(rows, X[:3])


@pytest.mark.parametrize("kind", ["csr_array", "csc_matrix", "coo_array"])
def test_batches_of_a_sparse_matrix_are_dense(kind):
    sparse = pytest.importorskip("scipy.sparse")
    epoch = list(Batches(getattr(sparse, kind)(X), Y, batch_size=4, rng=rng()))
    for x, y in epoch:
        assert type(x) is np.ndarray
        np.testing.assert_array_equal(x, X[y])


@pytest.mark.parametrize(
    ("arrays", "options", "error", "words"),
    [
        ((), {}, ValueError, "expected at least one array, got none"),
        ((X, Y[:9]), {}, td.ShapeError, r"same number of rows, got \[10, 9\]"),
        ((X, 3.0), {}, td.ShapeError, "got a single value at index 1"),
        ((X[:0],), {}, ValueError, "at least one row, got none"),
        ((X,), {"batch_size": 0}, ValueError, "at least 1, got 0"),
        ((X,), {"batch_size": 2.5}, ValueError, "whole number of at least 1, got 2.5"),
        ((X,), {"rng": 3}, TypeError, "expected rng to be a numpy.random.Generator"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(arrays, options, error, words):
    with pytest.raises(error, match=words):
        Batches(*arrays, **options)
