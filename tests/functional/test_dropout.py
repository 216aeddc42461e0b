"""dropout as a function: what is dropped, what is scaled, and what the gradient sees of either."""

from fractions import Fraction
from itertools import product
from math import prod

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F

MASK = np.array([[True, False, True], [False, False, True]])
X = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])


def leaf(array: np.ndarray = X) -> td.Tensor:
    return td.Tensor(array.copy(), requires_grad=True)


def all_masks(units: int) -> list[np.ndarray]:
    """The 2^n masks of n units."""
    return [np.array(kept) for kept in product([True, False], repeat=units)]


def probability_of(mask: np.ndarray, p: float) -> float:
    return float(np.prod(np.where(mask, 1 - p, p)))


# A dropped activation's output is 0, and so is its gradient -----------------------------------------------------------


def test_a_dropped_unit_gives_zero_and_gets_zero():
    """Seen in neograd (the input was returned as it was) and numpy-ml #94 (the backward omitted the mask)."""
    x = leaf()
    out = F.dropout(x, 0.5, mask=MASK)
    out.backward(np.full((2, 3), 7.0))
    np.testing.assert_array_equal(out.data, [[2, 0, 6], [0, 0, -12]])
    np.testing.assert_array_equal(x.grad, [[14, 0, 14], [0, 0, 14]])


def test_a_kept_input_of_zero_gets_its_gradient_and_a_dropped_one_gets_none():
    """Seen in Kaldi #3890 and candle PR #82: the backward inferred the mask from the output, y != 0."""
    x = leaf(np.zeros((2, 3)))
    F.dropout(x, 0.5, mask=MASK).backward(np.ones((2, 3)))
    np.testing.assert_array_equal(x.grad, 2.0 * MASK)


def test_the_backward_zeroes_the_units_that_the_forward_dropped():
    """Seen in PyTorch #198333: the backward used another mask than the forward."""
    x = leaf(np.ones((50, 40)))
    out = F.dropout(x, 0.3)
    F.dropout(leaf(np.ones((50, 40))), 0.3)  # another draw in between
    out.backward(np.ones((50, 40)))
    np.testing.assert_array_equal(x.grad, out.data)


def test_with_scaling_at_test_time_the_kept_units_pass_as_they_are():
    x = leaf()
    out = F.dropout(x, 0.75, mask=MASK, scaling="test")
    out.backward(np.ones((2, 3)))
    np.testing.assert_array_equal(out.data, X * MASK)
    np.testing.assert_array_equal(x.grad, MASK.astype(float))


# A fresh random mask at each forward ----------------------------------------------------------------------------------


def test_the_mask_is_drawn_afresh_each_time():
    """Seen in nanograd: the mask was sampled once and frozen for ever."""
    x = td.Tensor(np.ones(200))
    assert not np.array_equal(F.dropout(x, 0.5).data, F.dropout(x, 0.5).data)


def test_each_row_has_a_mask_of_its_own():
    rows = F.dropout(td.Tensor(np.ones((50, 100))), 0.5).data
    assert len(np.unique(rows, axis=0)) == 50


def test_every_one_of_the_subnetworks_is_drawn_as_often_as_it_should_be():
    """The ensemble view: n units have 2^n masks; each is drawn with its own probability."""
    draws, p = 64_000, 0.3
    kept = F.dropout(td.Tensor(np.ones((draws, 4))), p).data != 0
    for mask in all_masks(4):
        chance = probability_of(mask, p)
        times = np.count_nonzero((kept == mask).all(axis=1))
        assert abs(times - draws * chance) <= 6 * np.sqrt(draws * chance * (1 - chance))


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_p_is_the_probability_of_dropping(p):
    count = 200_000
    dropped = np.count_nonzero(F.dropout(td.Tensor(np.ones(count)), p).data == 0)
    assert abs(dropped - count * p) <= 6 * np.sqrt(count * p * (1 - p))


def test_a_half_is_the_default():
    count = 100_000
    out = F.dropout(td.Tensor(np.ones(count))).data
    assert set(np.unique(out)) == {0.0, 2.0}
    assert abs(np.count_nonzero(out) - count / 2) <= 6 * np.sqrt(count / 4)


# The two phases line up -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scaling", ["train", "test"])
@pytest.mark.parametrize("p", [0.2, 0.5, 0.7])
def test_the_expected_output_in_training_is_the_output_at_test_time(p, scaling):
    """Exactly: the average over all 2^n masks, each weighted by its probability."""
    x = td.Tensor(np.array([1.0, -2.0, 3.0, 0.5]))
    outputs = [probability_of(m, p) * F.dropout(x, p, mask=m, scaling=scaling).data for m in all_masks(4)]
    np.testing.assert_allclose(
        np.sum(outputs, axis=0), F.dropout(x, p, training=False, scaling=scaling).data, rtol=1e-13
    )


EVERY_P = [0.1, 0.2, 1 / 3, 0.5, 0.7, 0.9, 0.999, 1e-3, 2.0**-40, float(np.nextafter(1, 0))]


@pytest.mark.parametrize(
    ("dtype", "p"),
    [(np.float64, p) for p in EVERY_P] + [(np.float32, p) for p in EVERY_P] + [(np.float16, p) for p in EVERY_P[:-1]],
)  # float16 has no number near the last one's 1 / (1 - p)
def test_what_is_kept_is_scaled_by_one_over_one_minus_p(dtype, p):
    """To the nearest number that the dtype has, in forward and in backward; float64 may be one further."""
    exact = 1 / (1 - Fraction(p))
    x = td.Tensor(np.ones(2, dtype=dtype), requires_grad=True)
    out = F.dropout(x, p, mask=np.array([True, False]))
    out.backward(np.ones(2, dtype=dtype))
    nearest = dtype(float(exact))
    for kept, dropped in (out.data, x.grad):
        assert dropped == 0
        assert abs(kept - nearest) <= (np.spacing(nearest) if dtype is np.float64 else 0)


@pytest.mark.parametrize("p", EVERY_P)
def test_the_expected_output_in_training_is_the_input(p):
    """All masks of four units, weighted by their exact probabilities: no more is off than the scale's last digit."""
    x = td.Tensor(np.array([1.0, -2.0, 0.3, 1e-5]), requires_grad=True)
    expected = expected_grad = np.zeros(4, dtype=object)
    for mask in all_masks(4):
        chance = prod((1 - Fraction(p) if kept else Fraction(p)) for kept in mask.tolist())
        x.zero_grad()
        out = F.dropout(x, p, mask=mask)
        out.backward(x.data)
        expected = expected + [chance * Fraction(value) for value in out.data.tolist()]
        expected_grad = expected_grad + [chance * Fraction(value) for value in x.grad.tolist()]
    for mean in (expected, expected_grad):
        for value, given in zip(mean, x.data.tolist(), strict=True):
            assert abs(value / Fraction(given) - 1) <= 2 * Fraction(np.finfo(np.float64).eps)


@pytest.mark.parametrize("p", [0.2, 0.5, 0.7])
def test_without_scaling_the_activations_at_test_time_are_larger_by_one_over_one_minus_p(p):
    x = td.Tensor(np.array([1.0, 2.0, 3.0]))
    unscaled = [probability_of(m, p) * F.dropout(x, p, mask=m, scaling="test").data for m in all_masks(3)]
    np.testing.assert_allclose(x.data / np.sum(unscaled, axis=0), 1 / (1 - p), rtol=1e-13)


@pytest.mark.parametrize(("scaling", "factor"), [("train", 1.0), ("test", 0.8)])
def test_at_test_time_nothing_is_dropped(scaling, factor):
    x = leaf()
    out = F.dropout(x, 0.2, training=False, scaling=scaling)
    out.backward(np.ones((2, 3)))
    np.testing.assert_array_equal(out.data, X * factor)
    np.testing.assert_array_equal(x.grad, np.full((2, 3), factor))


@pytest.mark.parametrize("p", [0.2, 0.5])
def test_scaling_averages_the_subnetworks_of_one_hidden_layer(p):
    """Weight scaling is the renormalised geometric mean over all masks, each weighted by its probability.

    It is exact where the logits are linear in the mask (Goodfellow et al., Deep Learning, section 7.12).
    """
    rng = np.random.default_rng(0)
    hidden, weight = td.Tensor(rng.normal(size=5)).relu(), td.Tensor(rng.normal(size=(3, 5)))

    def log_probabilities(dropped: td.Tensor) -> np.ndarray:
        return F.log_softmax(weight @ dropped).data

    logs = sum(probability_of(m, p) * log_probabilities(F.dropout(hidden, p, mask=m)) for m in all_masks(5))
    geometric_mean = np.exp(logs) / np.exp(logs).sum()
    scaled = np.exp(log_probabilities(F.dropout(hidden, p, training=False)))
    np.testing.assert_allclose(scaled, geometric_mean, rtol=1e-12)


# The ends of p --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [0, 0.0])
@pytest.mark.parametrize("scaling", ["train", "test"])
@pytest.mark.parametrize("training", [True, False])
def test_p_of_zero_is_the_identity_bit_for_bit(p, scaling, training):
    x = leaf()
    out = F.dropout(x, p, training, scaling=scaling)
    out.backward(X)
    np.testing.assert_array_equal(out.data, X)
    np.testing.assert_array_equal(x.grad, X)


@pytest.mark.parametrize("p", [1, 1.0])
@pytest.mark.parametrize("scaling", ["train", "test"])
def test_p_of_one_gives_zeros_and_stays_attached(p, scaling):
    """Seen in TinyTorch (2025): p = 1 cut the graph. Elsewhere it gave NaN."""
    x = leaf()
    out = F.dropout(x, p, scaling=scaling)
    assert out.requires_grad
    out.backward(np.ones((2, 3)))
    np.testing.assert_array_equal(out.data, np.zeros((2, 3)))
    np.testing.assert_array_equal(x.grad, np.zeros((2, 3)))


# What is left alone ---------------------------------------------------------------------------------------------------


def test_neither_the_input_nor_the_mask_is_changed():
    x, mask = leaf(), MASK.copy()
    F.dropout(x, 0.5, mask=mask).backward(np.ones((2, 3)))
    np.testing.assert_array_equal(x.data, X)
    np.testing.assert_array_equal(mask, MASK)
    assert mask.flags.writeable


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("scaling", ["train", "test"])
def test_the_dtype_stays(dtype, training, scaling):
    x = td.Tensor(X.astype(dtype), requires_grad=True)
    out = F.dropout(x, np.float64(0.3), training, scaling=scaling)
    out.backward(np.ones((2, 3)))
    assert out.dtype == x.grad.dtype == dtype


def test_a_mask_refilled_before_backward_changes_nothing():
    x, mask = leaf(), MASK.copy()
    y = F.dropout(x, 0.5, mask=mask)
    mask[:] = ~mask
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, 2.0 * MASK)
