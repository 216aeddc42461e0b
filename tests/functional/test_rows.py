"""Sums and maxima of a matrix's rows: they are NumPy's, and exact even if NumPy's are not."""

import numpy as np
import pytest

from tinygrad_dropout.functional import _constants, _rows

DTYPES = [np.float16, np.float32, np.float64]
SHAPES = [(0, 0), (0, 3), (3, 0), (1, 1), (5, 1), (1, 5), (64, 32), (300, 7)]


def matrix(shape: tuple[int, int], dtype: type = np.float64) -> np.ndarray:
    return np.random.default_rng(0).normal(size=shape).astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("arranged", [np.ascontiguousarray, np.asfortranarray, lambda m: m[::-1, ::-1]])
def test_they_equal_numpys(shape, dtype, arranged):
    x = arranged(matrix(shape, dtype))
    exact = x.astype(np.float64)
    close = {"rtol": 0, "atol": 300 * np.finfo(dtype).eps}
    for ours, theirs in (
        (_rows.sum_of_rows(x), exact.sum(axis=0)),
        (_rows.sum_of_each_row(x), exact.sum(axis=1)),
        (_rows.highest_of_each_row(x), exact.max(axis=1, keepdims=True, initial=-np.inf)),
    ):
        assert (ours.dtype, ours.shape) == (dtype, theirs.shape)
        np.testing.assert_allclose(ours, theirs, **close)


def test_a_nan_counts_as_the_highest_and_an_infinity_as_itself():
    x = np.array([[1, np.nan, np.inf], [1, -np.inf, np.inf], [-np.inf, -np.inf, -np.inf]])
    np.testing.assert_array_equal(_rows.highest_of_each_row(x), [[np.nan], [np.inf], [-np.inf]])
    np.testing.assert_array_equal(_rows.sum_of_rows(np.array([[np.inf, 1.0], [1.0, np.nan]])), [np.inf, np.nan])


def test_many_halves_add_up_without_getting_stuck():
    """NumPy's own sum over the rows stops at 2048, where float16 can no longer add 1."""
    assert _rows.sum_of_rows(np.ones((3000, 2), np.float16)).tolist() == [3000, 3000]


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (lambda: _constants.number(0.5, np.dtype(np.float32)), np.array(0.5, np.float32)),
        (lambda: _constants.number(0, np.dtype(np.int64)), np.array(0)),
        (lambda: _constants.ones(3, np.dtype(np.float16)), np.ones(3, np.float16)),
        (lambda: _constants.row_numbers(3), np.array([0, 1, 2])),
    ],
)
def test_a_constant_is_made_once_and_cannot_change(made, wanted):
    constant = made()
    assert constant is made()
    assert constant.dtype == wanted.dtype
    np.testing.assert_array_equal(constant, wanted)
    with pytest.raises(ValueError, match="read-only"):
        constant[...] = 7
