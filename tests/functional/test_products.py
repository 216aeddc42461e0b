"""Products: shared factors accumulate, and a factor that needs no gradient costs nothing."""

import tracemalloc

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F


def test_a_weight_used_in_two_products_gets_both_gradients():
    """Seen in smolgrad: matmul's backward overwrote the gradient instead of adding to it."""
    rng = np.random.default_rng(0)
    x, z, w = rng.normal(size=(2, 3)), rng.normal(size=(5, 3)), td.Tensor(rng.normal(size=(3, 4)), requires_grad=True)
    ((td.Tensor(x) @ w).sum() + (td.Tensor(z) @ w).sum()).backward()
    np.testing.assert_allclose(w.grad, x.T @ np.ones((2, 4)) + z.T @ np.ones((5, 4)), rtol=1e-14)


def test_a_square_matrix_times_itself_gets_both_gradients():
    a = np.random.default_rng(0).normal(size=(3, 3))
    x = td.Tensor(a, requires_grad=True)
    (x @ x).sum().backward()
    ones = np.ones((3, 3))
    np.testing.assert_allclose(x.grad, ones @ a.T + a.T @ ones, rtol=1e-14)


def test_linear_is_x_times_the_transposed_weight_plus_the_bias():
    out = F.linear(
        td.Tensor([[1.0, 2.0]]), td.Tensor([[1.0, 0.0], [0.0, 10.0], [1.0, 1.0]]), td.Tensor([0.5, 0.0, 0.0])
    )
    np.testing.assert_array_equal(out.data, [[1.5, 20, 3]])


LARGE = np.zeros((2000, 1000), dtype=np.float32)  # its gradient would take 8 megabytes


@pytest.mark.parametrize(
    ("product", "trained_shape"),
    [
        pytest.param(lambda large, trained: F.linear(large, trained), (1, 1000), id="linear, the input batch"),
        pytest.param(lambda large, trained: F.linear(trained, large), (1, 1000), id="linear, a frozen weight"),
        pytest.param(lambda large, trained: large @ trained, (1000, 1), id="matmul, on the left"),
        pytest.param(lambda large, trained: trained @ large, (1, 2000), id="matmul, on the right"),
    ],
)
def test_no_gradient_is_computed_for_a_factor_that_needs_none(product, trained_shape):
    trained = td.Tensor(np.zeros(trained_shape, dtype=np.float32), requires_grad=True)
    out = product(td.Tensor(LARGE), trained)
    seed = np.ones(out.shape, dtype=np.float32)
    tracemalloc.start()
    try:
        out.backward(seed)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert trained.grad is not None
    assert peak < LARGE.nbytes / 4


@pytest.mark.parametrize("shape", [(3,), (2, 3), (4, 2, 3), (2, 1, 2, 3), (0, 3), (2, 0, 3)])
@pytest.mark.parametrize("outputs", [4, 0])
def test_every_axis_of_a_linear_input_but_the_last_belongs_to_the_batch(shape, outputs):
    rng = np.random.default_rng(0)
    x = td.Tensor(rng.normal(size=shape), requires_grad=True)
    weight = td.Tensor(rng.normal(size=(outputs, 3)), requires_grad=True)
    bias = td.Tensor(rng.normal(size=outputs), requires_grad=True)
    upstream = rng.normal(size=(*shape[:-1], outputs))
    F.linear(x, weight, bias).backward(upstream)
    rows, grads = x.data.reshape(-1, 3), upstream.reshape(int(np.prod(shape[:-1])), outputs)
    np.testing.assert_allclose(x.grad, upstream @ weight.data, atol=1e-14)
    np.testing.assert_allclose(weight.grad, grads.T @ rows, atol=1e-14)
    np.testing.assert_allclose(bias.grad, grads.sum(axis=0), atol=1e-14)


def test_arrays_and_lists_take_the_dtype_of_the_weight():
    weight = td.Tensor([[1.0, 1.0]])
    assert F.linear(np.array([[1.0, 2.0]]), weight, [1]).dtype == np.float32


@pytest.mark.parametrize("other", [np.int64, np.bool_], ids=lambda kind: kind.__name__)
def test_the_advice_is_to_convert_the_tensor_that_is_not_floating(other):
    x, y = td.Tensor([[1.0]]), td.Tensor(np.ones((1, 1), other))
    for left, right in ((x, y), (y, x)):
        with pytest.raises(td.DtypeError, match=r"dtype=np\.float32"):
            left @ right
