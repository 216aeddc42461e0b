"""softmax and log_softmax stay exact when exponentials would overflow."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F


@pytest.mark.parametrize("offset", [-1e4, 0.0, 1e4])
@pytest.mark.parametrize("apply", [F.softmax, F.log_softmax], ids=["softmax", "log_softmax"])
def test_a_common_offset_changes_nothing(apply, offset):
    logits = np.array([[1.0, 2.0, 4.0]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        np.testing.assert_allclose(apply(td.Tensor(logits + offset)).data, apply(td.Tensor(logits)).data, rtol=1e-9)


def test_softmax_along_any_axis_sums_to_one():
    x = td.Tensor(np.random.default_rng(0).normal(size=(2, 3, 4)))
    for axis in range(3):
        np.testing.assert_allclose(x.softmax(axis=axis).data.sum(axis=axis), 1, rtol=1e-14)


def test_the_default_axis_is_the_last():
    x = td.Tensor(np.random.default_rng(0).normal(size=(2, 3)))
    np.testing.assert_array_equal(F.softmax(x).data, F.softmax(x, axis=-1).data)
    np.testing.assert_array_equal(F.log_softmax(x).data, F.log_softmax(x, axis=-1).data)


def test_log_softmax_is_finite_even_if_softmax_rounds_to_zero():
    np.testing.assert_array_equal(F.log_softmax(td.Tensor([0.0, 1000.0])).data, [-1000, 0])


def test_a_logit_of_minus_infinity_is_an_impossible_class():
    x = td.Tensor(np.array([0.0, -np.inf, 0.0]), requires_grad=True)
    out = F.softmax(x)
    out.backward(np.array([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(out.data, [0.5, 0, 0.5])
    np.testing.assert_array_equal(x.grad, [-0.5, 0, 0.5])
