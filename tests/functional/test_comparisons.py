"""Comparisons give plain boolean arrays; argmax and argmin give indices."""

import operator

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F

SIGNS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]
each_sign = pytest.mark.parametrize("compare", SIGNS, ids=lambda sign: sign.__name__)
A, B = np.array([[1.0, 2.0, np.nan], [4.0, 5.0, 6.0]]), np.array([1.0, 3.0, 6.0])


@each_sign
@pytest.mark.parametrize("as_left", [td.Tensor, np.asarray], ids=["Tensor", "array"])
@pytest.mark.parametrize("as_right", [td.Tensor, np.asarray], ids=["Tensor", "array"])
def test_elements_are_compared_whichever_side_is_the_tensor(compare, as_left, as_right):
    out = compare(as_left(A), as_right(B))
    assert type(out) is np.ndarray
    np.testing.assert_array_equal(out, compare(A, B))
    np.testing.assert_array_equal(compare(as_left(B), as_right(A)), compare(B, A))


@each_sign
@pytest.mark.parametrize("number", [2, 2.0, np.float32(2), True], ids=repr)
def test_a_number_is_compared_with_every_element(compare, number):
    np.testing.assert_array_equal(compare(td.Tensor(A), number), compare(A, number))
    np.testing.assert_array_equal(compare(number, td.Tensor(A)), compare(number, A))


def test_a_number_is_compared_in_the_dtype_of_the_tensor():
    x = td.Tensor([0.1])
    assert operator.eq(x, 0.1).all()
    assert operator.eq(0.1, x).all()


def test_comparing_needs_no_gradients_and_records_none():
    x = td.Tensor([1.0, 2.0], requires_grad=True)
    assert type(x > 1) is np.ndarray
    with pytest.raises(ValueError, match="ambiguous"):
        bool(x == x)
    assert bool(td.Tensor(2.0) == 2)


@pytest.mark.parametrize("other", [None, "a", {}, object()], ids=["None", "a string", "a dict", "an object"])
def test_a_value_that_is_not_a_number_is_never_equal_and_has_no_order(other):
    x = td.Tensor([1.0])
    assert (x == other) is False
    assert (x != other) is True
    with pytest.raises(TypeError):
        x < other  # noqa: B015


def test_shapes_that_do_not_broadcast_are_named():
    with pytest.raises(td.ShapeError, match=r"^equal: .*\(2,\) and \(3,\)"):
        td.Tensor([1.0, 2.0]) == td.Tensor([1.0, 2.0, 3.0])  # noqa: B015


@pytest.mark.parametrize("name", ["argmax", "argmin"])
@pytest.mark.parametrize(
    ("shape", "axis"),
    [((), None), ((), 0), ((), -1), ((5,), None), ((5,), 0), ((3, 4), 1), ((2, 3, 4), -2)],
)
@pytest.mark.parametrize("keepdims", [False, True])
def test_the_index_is_numpys(name, shape, axis, keepdims):
    array = np.random.default_rng(0).integers(0, 3, shape).astype(float)
    out = getattr(td.Tensor(array, requires_grad=True), name)(axis=axis, keepdims=keepdims)
    expected = getattr(np, name)(array, axis=axis if shape else None, keepdims=keepdims)
    assert isinstance(out, td.Tensor)
    assert (out.dtype, out.requires_grad) == (np.int64, False)
    np.testing.assert_array_equal(out.data, expected)
    np.testing.assert_array_equal(getattr(F, name)(array, axis, keepdims).data, expected)


@pytest.mark.parametrize("name", ["argmax", "argmin"])
@pytest.mark.parametrize(("shape", "axis"), [((2, 3), 2), ((), 1), ((0,), None), ((2, 3), "x")])
def test_the_error_names_a_wrong_axis(name, shape, axis):
    with pytest.raises(td.ShapeError, match=rf"^{name}: .*axis={axis}"):
        getattr(td.Tensor(np.ones(shape)), name)(axis)


def test_an_integer_that_does_not_fit_can_be_compared():
    x = td.Tensor(np.array([1, 255], np.uint8))
    np.testing.assert_array_equal(x == -1, [False, False])
    np.testing.assert_array_equal(x < 300, [True, True])
    np.testing.assert_array_equal(operator.gt(300, x), [True, True])
