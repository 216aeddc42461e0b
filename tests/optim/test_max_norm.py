"""max_norm against a direct computation: vectors that are too long are scaled back, and nothing else changes."""

import numpy as np
import pytest

from tinygrad_dropout import nn, optim


def rescaled(weight: np.ndarray, c: float) -> np.ndarray:
    """Scale each unit's incoming vector back to norm c if it is longer, one by one."""
    out = weight.copy()
    for unit in out:
        norm = np.sqrt((unit**2).sum())
        if norm > c:
            unit *= c / norm
    return out


@pytest.mark.parametrize("shape", [(3, 4), (1, 4), (5, 1), (2, 3, 4), (2, 2, 2, 2)], ids=str)
@pytest.mark.parametrize("c", [0.5, 2.0, 100.0])
def test_max_norm_scales_each_long_incoming_vector_back(shape, c):
    weight = nn.Parameter(np.random.default_rng(0).normal(size=shape))
    expected = rescaled(weight.data, c)
    optim.max_norm([weight], c)
    np.testing.assert_allclose(weight.data, expected, rtol=1e-14)


def test_max_norm_does_not_change_biases_and_short_vectors():
    long_bias = nn.Parameter(np.array([30.0, 40.0]))
    weight = nn.Parameter(np.array([[0.3, 0.4], [0.0, 0.0], [30.0, 40.0]]))
    optim.max_norm([weight, long_bias], 1.0)
    np.testing.assert_array_equal(long_bias.data, [30.0, 40.0])
    np.testing.assert_array_equal(weight.data[:2], [[0.3, 0.4], [0.0, 0.0]])
    np.testing.assert_allclose(weight.data[2], [0.6, 0.8], rtol=1e-15)


def test_max_norm_keeps_the_dtype_and_records_nothing():
    weight = nn.Parameter(np.full((2, 3), 5.0, dtype=np.float32))
    optim.max_norm([weight], 1)
    assert weight.dtype == np.float32
    assert weight.is_leaf
    assert weight.grad is None


def test_max_norm_keeps_the_dtype_for_every_kind_of_number_c():
    parameter = nn.Parameter(np.full((2, 3), 5, dtype=np.float32))
    optim.max_norm([parameter], np.float64(3))
    assert parameter.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(parameter.data, axis=1), 3, rtol=1e-6)


def test_max_norm_does_not_write_into_the_callers_arrays():
    given = np.array([[3.0, 4.0]])
    weight = nn.Parameter(given)
    optim.max_norm([weight], 1)
    np.testing.assert_array_equal(given, [[3, 4]])


def test_the_optimizer_continues_from_the_result_of_max_norm():
    weight, bias = nn.Parameter(np.array([[3.0, 4.0], [0.3, 0.4]])), nn.Parameter(np.array([1.0, 1.0]))
    optimizer = optim.SGD([weight, bias], lr=0.5)
    expected = weight.data.copy()
    for gradient in ([[0.0, 0.0], [0.0, 0.0]], [[2.0, 0.0], [0.0, 2.0]], [[-6.0, 8.0], [0.2, 0.2]]):
        weight.grad, bias.grad = np.array(gradient), np.array([0.0, 1.0])
        optimizer.step()
        optim.max_norm([weight], 1)
        expected = rescaled(expected - 0.5 * np.array(gradient), 1)
        np.testing.assert_allclose(weight.data, expected, rtol=1e-14)
    np.testing.assert_array_equal(bias.data, [1, -0.5])


def test_max_norm_continues_after_a_bias_among_the_weights():
    bias, weight = nn.Parameter(np.full(2, 9.0)), nn.Parameter(np.full((2, 2), 9.0))
    optim.max_norm([bias, weight], 1.0)
    np.testing.assert_array_equal(bias.data, [9, 9])
    np.testing.assert_allclose(np.linalg.norm(weight.data, axis=1), [1, 1])
