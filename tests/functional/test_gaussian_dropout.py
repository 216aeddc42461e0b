"""gaussian_dropout as a function: noise around 1 in training, the identity at test time."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F

X = np.array([[1.0, -2.0, 3.0], [4.0, 0.0, -6.0]])
NOISE = np.array([[1.5, -0.5, 0.0], [2.0, 3.0, 1.0]])


def leaf(array: np.ndarray = X) -> td.Tensor:
    return td.Tensor(array.copy(), requires_grad=True)


def test_each_element_and_each_gradient_is_multiplied_by_its_noise():
    x = leaf()
    out = F.gaussian_dropout(x, 0.5, noise=NOISE)
    out.backward(np.full((2, 3), 7.0))
    np.testing.assert_array_equal(out.data, X * NOISE)
    np.testing.assert_array_equal(x.grad, 7 * NOISE)


def test_the_backward_uses_the_forwards_noise():
    x = leaf(np.ones((50, 40)))
    out = F.gaussian_dropout(x, 0.3)
    F.gaussian_dropout(leaf(np.ones((50, 40))), 0.3)  # another draw in between
    out.backward(np.ones((50, 40)))
    np.testing.assert_array_equal(x.grad, out.data)


def test_every_call_draws_new_noise():
    assert not np.array_equal(F.gaussian_dropout(X, 0.5).data, F.gaussian_dropout(X, 0.5).data)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_the_expected_output_in_training_is_the_input(p):
    n = 400_000
    out = F.gaussian_dropout(np.full(n, 3.0), p).data
    assert abs(out.mean() - 3) <= 6 * 3 * np.sqrt(p / (1 - p) / n)


@pytest.mark.parametrize("p", [0.2, 0.5])
def test_its_variance_is_that_of_dropout_at_the_same_p(p):
    """Dropout's variance is exactly p / (1 - p) for an input of 1."""
    n = 400_000
    gaussian, bernoulli = F.gaussian_dropout(np.ones(n), p).data, F.dropout(np.ones(n), p).data
    assert abs(gaussian.var() - p / (1 - p)) <= 6 * p / (1 - p) * np.sqrt(2 / n)
    assert abs(gaussian.var() - bernoulli.var()) <= 0.05 * p / (1 - p)


def test_at_test_time_it_is_the_identity():
    x = leaf()
    out = F.gaussian_dropout(x, 0.5, training=False)
    out.backward(X)
    np.testing.assert_array_equal(out.data, X)
    np.testing.assert_array_equal(x.grad, X)


@pytest.mark.parametrize("training", [True, False])
def test_p_of_zero_is_the_identity_bit_for_bit(training):
    x = leaf()
    out = F.gaussian_dropout(x, 0, training)
    out.backward(X)
    np.testing.assert_array_equal(out.data, X)
    np.testing.assert_array_equal(x.grad, X)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("noise", [None, NOISE, NOISE.astype(np.float32)], ids=["drawn", "float64", "float32"])
def test_the_dtype_is_kept(dtype, noise):
    x = td.Tensor(X.astype(dtype), requires_grad=True)
    out = F.gaussian_dropout(x, np.float64(0.3), noise=noise)
    out.backward(np.ones((2, 3)))
    assert out.dtype == x.grad.dtype == dtype


def test_neither_the_input_nor_the_noise_is_changed():
    x, noise, upstream = leaf(), NOISE.copy(), np.ones((2, 3))
    F.gaussian_dropout(x, 0.5, noise=noise).backward(upstream)
    np.testing.assert_array_equal(x.data, X)
    np.testing.assert_array_equal(noise, NOISE)
    np.testing.assert_array_equal(upstream, 1)
    assert noise.flags.writeable


@pytest.mark.parametrize("view", [lambda noise: noise, lambda noise: np.broadcast_to(noise, NOISE.shape)])
def test_refilling_the_noise_before_backward_changes_nothing(view):
    x, noise = leaf(), NOISE.copy()
    y = F.gaussian_dropout(x, 0.5, noise=view(noise))
    noise[:] = 0
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, NOISE)


def test_gradcheck_agrees():
    assert td.gradcheck(lambda x: F.gaussian_dropout(x.tanh(), 0.5, noise=NOISE), leaf())


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.bool_], ids=lambda kind: kind.__name__)
def test_noise_must_be_floating(dtype):
    with pytest.raises(
        TypeError, match=f"expected the noise to be a floating array, got an array of {np.dtype(dtype)}"
    ):
        F.gaussian_dropout(np.ones(3), noise=np.ones(3, dtype))
