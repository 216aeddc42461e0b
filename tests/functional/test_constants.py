"""Vectors of ones: made once as long as they are short, the same for everybody, and so nobody's to change."""

import numpy as np
import pytest

from tinygrad_dropout.functional.constants import SHORT, ones

FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("length", [0, 1, 5, SHORT + 1])
def test_a_vector_of_the_length_and_dtype_asked_for(dtype, length):
    vector = ones(length, np.dtype(dtype))
    assert (vector.shape, vector.dtype) == ((length,), dtype)
    np.testing.assert_array_equal(vector, [1] * length)


def test_a_short_vector_is_made_once():
    assert ones(4, FLOAT64) is ones(4, FLOAT64)


def test_a_long_vector_is_not_kept():
    assert ones(SHORT + 1, FLOAT64) is not ones(SHORT + 1, FLOAT64)


def test_another_length_or_dtype_is_another_vector():
    for length, dtype in [(4, FLOAT64), (5, FLOAT64), (4, FLOAT32)]:
        vector = ones(length, dtype)
        assert (len(vector), vector.dtype) == (length, dtype)


def test_nobody_can_change_what_everybody_shares():
    with pytest.raises(ValueError, match="read-only"):
        ones(4, FLOAT64)[0] = 2


def test_a_product_with_ones_is_a_sum():
    values = np.random.default_rng(0).normal(size=(7, 3))
    np.testing.assert_allclose(ones(7, FLOAT64).dot(values), values.sum(axis=0), rtol=1e-13)
