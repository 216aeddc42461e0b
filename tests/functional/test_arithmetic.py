"""Arithmetic: numbers, arrays and Tensors on either side, precision, and powers at the limits of their domain."""

import operator

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F

OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
each_operator = pytest.mark.parametrize("apply", OPERATORS, ids=lambda apply: apply.__name__)

OTHERS = {
    "int": 3,
    "float": 1.5,
    "NumPy float64": np.float64(1.5),
    "NumPy int64": np.int64(3),
    "0-d array": np.array(1.5),
    "float64 array": np.array([1.0, 2.0, 3.0]),
    "int array": np.array([1, 2, 3]),
    "broadcasting array": np.array([[1.5], [2.5]]),
}
each_other = pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS.keys())
VALUES = np.array([0.5, 1.0, 2.0], dtype=np.float32)


@each_operator
@each_other
def test_a_number_or_an_array_on_the_right_takes_the_dtype_of_the_tensor(apply, other):
    out = apply(td.Tensor(VALUES, requires_grad=True), other)
    assert isinstance(out, td.Tensor)
    assert out.requires_grad
    assert out.dtype == np.float32
    np.testing.assert_allclose(out.data, apply(VALUES.astype(np.float64), other), rtol=1e-6)


@each_operator
@each_other
def test_a_number_or_an_array_on_the_left_takes_the_dtype_of_the_tensor(apply, other):
    x = td.Tensor(VALUES, requires_grad=True)
    out = apply(other, x)
    assert isinstance(out, td.Tensor)
    assert out.dtype == np.float32
    np.testing.assert_allclose(out.data, apply(other, VALUES.astype(np.float64)), rtol=1e-6)
    out.backward(np.ones(out.shape))
    assert (x.grad.shape, x.grad.dtype) == (x.shape, np.float32)


@each_operator
def test_two_tensors_of_different_precision_promote_and_each_gradient_keeps_its_own(apply):
    single = td.Tensor(VALUES, requires_grad=True)
    double = td.Tensor(VALUES.astype(np.float64), requires_grad=True)
    out = apply(single, double)
    assert out.dtype == np.float64
    out.backward(np.ones(3))
    assert (single.grad.dtype, double.grad.dtype) == (np.float32, np.float64)


@each_operator
def test_a_tensor_of_integers_takes_the_dtype_of_the_other_tensor(apply):
    """As in PyTorch; NumPy would make float64 of int64 and float32."""
    x, integers = td.Tensor(VALUES, requires_grad=True), td.Tensor([1, 2, 3])
    assert apply(x, integers).dtype == apply(integers, x).dtype == np.float32


def test_a_float32_network_is_float32_everywhere():
    """Seen in dlsyscourse hw1 (#20) and HIPS autograd (#163): float64 crept in silently."""
    x = td.Tensor(VALUES, requires_grad=True)
    arithmetic = [x * 2.0, x / 3, 1 - x, x**2, x + np.ones(3), x.sum() / len(x)]
    reductions = [x.mean(), x.var(), x.softmax()]
    choices = [F.where(x > 1, x, 0.0), F.maximum(x, np.float64(0.5)), x.clip(0.1, np.float64(0.9))]
    steps = [*arithmetic, *reductions, *choices, F.concatenate([x, np.zeros(3)])]
    assert {step.dtype for step in steps} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("exponent", "gradient"), [(2, 0.0), (3, 0.0), (1, 1.0), (0, 0.0), (2.0, 0.0)], ids=lambda value: str(value)
)
def test_the_gradient_of_a_power_at_zero_is_a_number(exponent, gradient):
    x = td.Tensor(np.zeros(2), requires_grad=True)
    (x**exponent).sum().backward()
    np.testing.assert_array_equal(x.grad, [gradient, gradient])


def test_a_negative_base_takes_a_whole_exponent():
    x = td.Tensor(np.array([-2.0]), requires_grad=True)
    (x**3).backward()
    np.testing.assert_array_equal(x.grad, [12.0])


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge], ids=lambda f: f.__name__)
@pytest.mark.parametrize("other", [1.0, np.array([1.0, 0.0, 5.0])], ids=["number", "array"])
def test_comparisons_give_plain_boolean_arrays(compare, other):
    x, expected = td.Tensor(VALUES, requires_grad=True), compare(VALUES, other)
    for given in (other, td.Tensor(other)):
        assert type(compare(x, given)) is np.ndarray
        np.testing.assert_array_equal(compare(x, given), expected)
        np.testing.assert_array_equal(compare(given, x), compare(other, VALUES))


def test_a_tensor_added_to_itself_gets_both_gradients():
    """Seen in micrograd (#2): children in a set lose their multiplicity."""
    a = td.Tensor([1.0], requires_grad=True)
    (a + a).backward()
    np.testing.assert_array_equal(a.grad, [2.0])


def test_the_two_gradients_of_a_sum_are_two_arrays():
    a, b = td.Tensor(np.zeros(3), requires_grad=True), td.Tensor(np.zeros(3), requires_grad=True)
    (a + b).backward(np.ones(3))
    a.grad[:] = 7
    np.testing.assert_array_equal(b.grad, [1, 1, 1])


def test_an_error_that_is_not_about_shapes_keeps_numpys_message():
    with pytest.raises(ValueError, match="negative integer powers") as caught:
        td.Tensor([2, 3]) ** -1
    assert not isinstance(caught.value, td.ShapeError)


@pytest.mark.parametrize(("exponent", "gradient"), [(2.0, 0.0), (0.5, 0.0), (0.0, 0.0), (-1.0, -np.inf)])
def test_the_gradient_of_an_exponent_at_base_zero(exponent, gradient):
    """0^y is 0 for every y above 0, so it does not change with y."""
    base, exponents = td.Tensor(np.zeros(2)), td.Tensor(np.full(2, exponent), requires_grad=True)
    with np.errstate(divide="ignore"):  # 0^-1 itself
        (base**exponents).backward(np.ones(2))
    np.testing.assert_array_equal(exponents.grad, [gradient, gradient])
