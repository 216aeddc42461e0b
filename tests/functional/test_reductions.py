"""Reductions: ties, gradients, and empty axes."""

import numpy as np
import pytest

import tinygrad_dropout as td

# The reduction, its axis, the input, and the gradient of sum(reduction(x)).
TIES = [
    ("max over all", lambda x: x.max(), [[3.0, 1.0], [3.0, 3.0]], [[1 / 3, 0], [1 / 3, 1 / 3]]),
    ("min over all", lambda x: x.min(), [[1.0, 1.0], [3.0, 2.0]], [[1 / 2, 1 / 2], [0, 0]]),
    ("max over rows", lambda x: x.max(axis=1), [[3.0, 1.0], [3.0, 3.0]], [[1, 0], [1 / 2, 1 / 2]]),
    ("max over a tuple", lambda x: x.max(axis=(0, 1)), [[3.0, 1.0], [3.0, 3.0]], [[1 / 3, 0], [1 / 3, 1 / 3]]),
    ("min, axis kept", lambda x: x.min(axis=0, keepdims=True), [[1.0, 1.0], [1.0, 2.0]], [[1 / 2, 1], [1 / 2, 0]]),
]


@pytest.mark.parametrize(("reduce", "values", "gradient"), [tie[1:] for tie in TIES], ids=[tie[0] for tie in TIES])
def test_tied_entries_share_the_gradient_equally(reduce, values, gradient):
    x = td.Tensor(np.array(values), requires_grad=True)
    reduce(x).sum().backward()
    np.testing.assert_allclose(x.grad, gradient, rtol=1e-15)


@pytest.mark.parametrize("name", ["sum", "mean", "var", "max", "min"])
def test_every_reduction_stays_attached_to_its_input(name):
    """Seen in TinyTorch (2025): mean() silently detached."""
    x = td.Tensor(np.array([1.0, 2.0, 4.0]), requires_grad=True)
    out = getattr(x, name)()
    assert out.requires_grad
    out.backward()
    assert np.any(x.grad != 0)


def test_the_sum_of_a_square_over_one_axis_spreads_along_that_axis():
    """Seen in TinyTorch (2025): sum(axis=1) was right on every shape but a square one."""
    x = td.Tensor(np.zeros((2, 2)), requires_grad=True)
    x.sum(axis=1).backward(np.array([1.0, 10.0]))
    np.testing.assert_array_equal(x.grad, [[1, 1], [10, 10]])


def test_var_divides_by_one_less_than_the_count_by_default():
    assert td.Tensor([1.0, 3.0]).var().item() == 2.0
    assert td.Tensor([1.0, 3.0]).var(correction=0).item() == 1.0


def test_the_variance_of_a_constant_has_a_gradient_of_zero():
    x = td.Tensor(np.full(4, 0.1), requires_grad=True)
    x.var().backward()
    np.testing.assert_array_equal(x.grad, np.zeros(4))


def test_the_sum_of_nothing_is_zero():
    x = td.Tensor(np.zeros((0, 3)), requires_grad=True)
    out = x.sum()
    out.backward()
    assert out.item() == 0
    assert x.grad.shape == (0, 3)


def test_a_mean_in_float32_is_off_only_by_rounding():
    x = td.Tensor(np.full((1000, 1000), 0.1, dtype=np.float32))
    assert x.mean().item() == pytest.approx(0.1, rel=1e-6)


def test_a_mean_of_more_elements_than_a_float16_can_count_has_a_gradient():
    x = td.Tensor(np.ones(70_000, dtype=np.float16), requires_grad=True)
    x.mean().backward()
    np.testing.assert_allclose(x.grad, 1 / 70_000, rtol=0.01)


@pytest.mark.parametrize(
    "dtype", [np.bool_, np.uint8, np.int8, np.int32, np.uint32, np.int64], ids=lambda d: d.__name__
)
def test_integers_and_booleans_add_up_to_int64(dtype):
    out = td.Tensor(np.ones((3, 100), dtype=dtype)).sum(axis=1)
    assert out.dtype == np.int64
    np.testing.assert_array_equal(out.data, [100, 100, 100])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64], ids=lambda d: d.__name__)
@pytest.mark.parametrize("name", ["sum", "mean", "var", "std", "max", "min"])
def test_a_reduction_of_floats_keeps_their_dtype(name, dtype):
    assert getattr(td.Tensor(np.array([1.0, 2.0, 4.0], dtype=dtype)), name)().dtype == dtype


@pytest.mark.parametrize("name", ["mean", "var", "std"])
def test_an_average_of_integers_is_float32(name):
    assert getattr(td.Tensor([1, 2, 4]), name)().dtype == np.float32
