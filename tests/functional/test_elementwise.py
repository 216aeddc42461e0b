"""Elementwise functions at kinks, ties and extreme inputs."""

import math

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F

# The function, x, and the gradient of x there: PyTorch's choice.
KINKS = [
    ("relu", F.relu, [-1.0, 0.0, -0.0, 1.0], [0, 0, 0, 1]),
    ("abs", F.abs, [-2.0, 0.0, -0.0, 2.0], [-1, 0, 0, 1]),
    ("clip", lambda x: F.clip(x, -1.0, 1.0), [-1.5, -1.0, 0.0, 1.0, 1.5], [0, 1, 1, 1, 0]),
    ("clip only from below", lambda x: F.clip(x, min=0.0), [-1.0, 0.0, 9.0], [0, 1, 1]),
    ("clip only from above", lambda x: F.clip(x, max=0.0), [-9.0, 0.0, 1.0], [1, 1, 0]),
    ("maximum with a number", lambda x: F.maximum(x, 0.0), [-1.0, 0.0, 1.0], [0, 0.5, 1]),
    ("minimum with a number", lambda x: F.minimum(x, 0.0), [-1.0, 0.0, 1.0], [1, 0.5, 0]),
]


@pytest.mark.parametrize(("apply", "values", "gradient"), [kink[1:] for kink in KINKS], ids=[kink[0] for kink in KINKS])
def test_the_gradient_at_a_kink(apply, values, gradient):
    x = td.Tensor(values, requires_grad=True)
    apply(x).backward(np.ones(len(values)))
    np.testing.assert_array_equal(x.grad, gradient)


@pytest.mark.parametrize("apply", [F.maximum, F.minimum], ids=["maximum", "minimum"])
def test_tied_inputs_share_the_gradient_equally(apply):
    a, b = td.Tensor([3.0, 1.0], requires_grad=True), td.Tensor([3.0, 1.0], requires_grad=True)
    apply(a, b).backward(np.array([8.0, 2.0]))
    np.testing.assert_array_equal(a.grad, [4, 1])
    np.testing.assert_array_equal(b.grad, [4, 1])


EXTREME = [
    ("sigmoid", F.sigmoid, [-1000.0, 1000.0], [0, 1], [0, 0]),
    ("tanh", F.tanh, [-1000.0, 1000.0], [-1, 1], [0, 0]),
    ("exp", F.exp, [-1000.0, 0.0], [0, 1], [0, 1]),
    ("relu", F.relu, [-np.inf, np.inf], [0, np.inf], [0, 1]),
]


@pytest.mark.parametrize(
    ("apply", "values", "expected", "gradient"), [row[1:] for row in EXTREME], ids=[row[0] for row in EXTREME]
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_inputs_give_limits_and_no_warning(apply, values, expected, gradient, dtype):
    x = td.Tensor(np.array(values, dtype=dtype), requires_grad=True)
    with np.errstate(all="raise", under="ignore"):
        out = apply(x)
        out.backward(np.ones(2))
    np.testing.assert_array_equal(out.data, expected)
    np.testing.assert_array_equal(x.grad, gradient)


@pytest.mark.parametrize(
    "apply",
    [F.relu, F.abs, F.tanh, F.sigmoid, F.exp, F.log, F.sqrt, lambda x: F.clip(x, -1, 1), lambda x: F.maximum(x, 0)],
)
def test_nan_is_never_hidden(apply):
    assert np.isnan(apply(td.Tensor([np.nan])).data).all()


@pytest.mark.parametrize("condition", [np.array([True, False]), [True, False]], ids=["array", "list"])
def test_where_passes_the_gradient_only_to_the_chosen_side(condition):
    a, b = td.Tensor([1.0, 2.0], requires_grad=True), td.Tensor([3.0, 4.0], requires_grad=True)
    out = F.where(condition, a, b)
    out.backward(np.array([10.0, 20.0]))
    np.testing.assert_array_equal(out.data, [1, 4])
    np.testing.assert_array_equal(a.grad, [10, 0])
    np.testing.assert_array_equal(b.grad, [0, 20])


# clip's x and bounds, and the numbers and the dtype of the result.
BOUNDS = [
    ("arrays", [1.0, 5.0, 9.0], {"min": [2.0, 0.0, 0.0], "max": [9.0, 4.0, 9.0]}, [2, 4, 9], np.float32),
    ("an array that is stretched", [[1.0, 5.0], [9.0, 3.0]], {"max": [4.0]}, [[1, 4], [4, 3]], np.float32),
    ("whole numbers for whole numbers", [1, 5, 9], {"min": 2, "max": 8}, [2, 5, 8], np.int64),
    ("a floating upper bound for whole numbers", [1, 5, 9], {"max": 5.5}, [1, 5, 5.5], np.float32),
    ("a floating lower bound for whole numbers", [1, 5, 9], {"min": 1.5, "max": 8}, [1.5, 5, 8], np.float32),
]


@pytest.mark.parametrize(
    ("values", "bounds", "expected", "dtype"), [row[1:] for row in BOUNDS], ids=[row[0] for row in BOUNDS]
)
def test_clip_accepts_these_bounds(values, bounds, expected, dtype):
    out = F.clip(td.Tensor(values), **bounds)
    assert out.dtype == dtype
    np.testing.assert_array_equal(out.data, expected)


@pytest.mark.parametrize("bound", ["min", "max"])
def test_refilling_a_bound_before_backward_changes_nothing(bound):
    x, array = td.Tensor([1.0, 2.0, 3.0], requires_grad=True), np.array([2.0, 2.0, 2.0])
    out = F.clip(x, **{bound: array})
    array[:] = [9, 0, 9]
    out.backward(np.ones(3))
    np.testing.assert_array_equal(x.grad, [0, 1, 1] if bound == "min" else [1, 1, 0])


@pytest.mark.parametrize("bound", ["min", "max"])
@pytest.mark.parametrize("shape", [(3,), (2, 1), (1, 2)], ids=str)
def test_a_bound_that_does_not_broadcast_to_the_input_is_refused(bound, shape):
    with pytest.raises(td.ShapeError, match=r"^clip: expected bounds that broadcast to shape \(2,\)"):
        F.clip(td.Tensor([1.0, 2.0]), **{bound: np.zeros(shape)})


@pytest.mark.parametrize("bound", ["min", "max"])
def test_a_tensor_as_a_bound_is_refused_because_it_would_get_no_gradient(bound):
    with pytest.raises(TypeError, match=r"^clip: expected numbers or arrays as bounds"):
        F.clip(td.Tensor([1.0, 2.0]), **{bound: td.Tensor(1.0)})


def test_the_relu_of_whole_numbers_keeps_their_dtype_and_booleans_count_as_integers():
    for dtype, wanted in ((np.int8, np.int8), (np.uint16, np.uint16), (np.int64, np.int64), (np.bool_, np.int64)):
        out = F.relu(td.Tensor(np.array([0, 1], dtype)))
        assert (out.dtype, out.data.tolist()) == (wanted, [0, 1])


def test_booleans_clipped_by_integers_become_integers():
    out = td.Tensor([True, False]).clip(min=0, max=3)
    assert (out.dtype, out.data.tolist()) == (np.int64, [1, 0])


def test_clip_needs_a_bound():
    with pytest.raises(ValueError, match=r"^clip: expected min, max or both, got neither"):
        td.Tensor([1.0]).clip()


def test_gelu_is_exact_far_below_zero_and_close_to_it():
    """x Φ(x) by Python's own erfc. The error of e^(-x²/2) grows with x², because x²/2 is rounded."""
    x = np.concatenate([np.linspace(-37, 9, 4001), np.linspace(-1, 1, 401), [1e-300, -1e-300]])
    expected = x * np.array([math.erfc(-number / math.sqrt(2)) / 2 for number in x])
    errors = np.abs(F.gelu(x).data - expected)
    assert (errors <= 4 * np.finfo(float).eps * (1 + x * x / 2) * np.abs(expected)).all()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_gelu_of_huge_numbers_gives_no_warning(dtype):
    x = td.Tensor(np.array([3e38, -3e38, 40, -40]).astype(dtype))
    np.testing.assert_array_equal(F.gelu(x).data, np.maximum(x.data, 0))


@pytest.mark.parametrize("approximate", ["none", "tanh"])
def test_gelu_in_half_precision_is_rounded_once(approximate):
    values = np.concatenate([np.linspace(-3, 3, 101), [1e-6, 3e-7, 1e4, -1e4]]).astype(np.float16)
    half, exact = (td.Tensor(values.astype(dtype), requires_grad=True) for dtype in (np.float16, np.float64))
    for x in (half, exact):
        out = F.gelu(x, approximate)
        out.sum().backward()
    np.testing.assert_array_max_ulp(F.gelu(half, approximate).data, F.gelu(exact, approximate).data.astype(np.float16))
    np.testing.assert_array_max_ulp(half.grad, exact.grad.astype(np.float16))
