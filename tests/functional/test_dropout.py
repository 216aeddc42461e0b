"""dropout as a function: which units are dropped, how the rest is scaled, and their gradients."""

from fractions import Fraction
from itertools import product
from math import prod

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout.functional._masks import draw_mask

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


# A new random mask in every forward -----------------------------------------------------------------------------------


def test_every_call_draws_a_new_mask():
    """Seen in nanograd: the mask was sampled once and frozen for ever."""
    x = td.Tensor(np.ones(200))
    assert not np.array_equal(F.dropout(x, 0.5).data, F.dropout(x, 0.5).data)


def test_each_row_has_its_own_mask():
    rows = F.dropout(td.Tensor(np.ones((50, 100))), 0.5).data
    assert len(np.unique(rows, axis=0)) == 50


def test_every_subnetwork_is_drawn_with_its_own_probability():
    """The ensemble view: n units have 2^n masks, and each is drawn with its own probability."""
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
)  # for the last p, float16 cannot represent 1 / (1 - p)
def test_kept_units_are_scaled_by_one_over_one_minus_p(dtype, p):
    """To the dtype's nearest number, in forward and in backward; float64 can be off by one more digit."""
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
    """All masks of four units, weighted by their exact probabilities: only the scale's last digit can be off."""
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
    """Weight scaling is the renormalized geometric mean over all masks, each weighted by its probability.

    It is exact if the logits are linear in the mask (Goodfellow et al., Deep Learning, section 7.12).
    """
    rng = np.random.default_rng(0)
    hidden, weight = td.Tensor(rng.normal(size=5)).relu(), td.Tensor(rng.normal(size=(3, 5)))

    def log_probabilities(dropped: td.Tensor) -> np.ndarray:
        return F.log_softmax(weight @ dropped).data

    logs = sum(probability_of(m, p) * log_probabilities(F.dropout(hidden, p, mask=m)) for m in all_masks(5))
    geometric_mean = np.exp(logs) / np.exp(logs).sum()
    scaled = np.exp(log_probabilities(F.dropout(hidden, p, training=False)))
    np.testing.assert_allclose(scaled, geometric_mean, rtol=1e-12)


# A mask shared along axes ---------------------------------------------------------------------------------------------

IMAGES, SEQUENCES = (20, 30, 4, 5), (20, 6, 30)
SHARED = [  # shape, shared_axes, the shape of the draws
    pytest.param(IMAGES, (2, 3), (20, 30, 1, 1), id="whole channels of images"),
    pytest.param(IMAGES, (-1, -2), (20, 30, 1, 1), id="counted from the end"),
    pytest.param(SEQUENCES, 1, (20, 1, 30), id="one mask across time"),
    pytest.param(SEQUENCES, np.int64(1), (20, 1, 30), id="a NumPy integer"),
    pytest.param((600, 5), 0, (1, 5), id="one mask for a batch: axis 0 is an axis"),
    pytest.param((6, 5), (0, 1), (1, 1), id="one draw for all"),
    pytest.param((0, 5), 0, (1, 5), id="nothing along the shared axis"),
]


def dropped_ones(shape: tuple[int, ...], p: float, **options) -> np.ndarray:
    return F.dropout(np.ones(shape), p, **options).data


@pytest.mark.parametrize(("shape", "axes", "drawn"), SHARED)
def test_elements_along_shared_axes_are_kept_or_dropped_together(shape, axes, drawn):
    """The bits are those of a mask of the smaller shape, so everything known about masks applies here."""
    out = dropped_ones(shape, 0.3, shared_axes=axes, rng=np.random.default_rng(3))
    mask = draw_mask(drawn, 0.3, np.random.default_rng(3))
    np.testing.assert_array_equal(out != 0, np.broadcast_to(mask, shape))


def test_channels_are_dropped_independently_with_probability_p():
    kept = dropped_ones((300, 400, 2, 2), 0.2, shared_axes=(2, 3))[:, :, 0, 0] != 0
    for statistic, expected in [(kept, 0.8), (kept[:, 1:] & kept[:, :-1], 0.64), (kept[1:] & kept[:-1], 0.64)]:
        deviation = 2 * np.sqrt(expected * (1 - expected) / statistic.size)  # twice that of independent draws
        assert abs(statistic.mean() - expected) <= 6 * deviation


def test_the_backward_drops_the_same_channels():
    x = leaf(np.zeros(IMAGES))
    y = F.dropout(x, 0.5, shared_axes=(2, 3), rng=np.random.default_rng(3))
    y.backward(np.ones(IMAGES))
    np.testing.assert_array_equal(x.grad, dropped_ones(IMAGES, 0.5, shared_axes=(2, 3), rng=np.random.default_rng(3)))


@pytest.mark.parametrize(("scaling", "kept"), [("train", 4.0), ("test", 1.0)])
def test_whole_channels_are_scaled_as_units_are(scaling, kept):
    out = dropped_ones(IMAGES, 0.75, shared_axes=(2, 3), scaling=scaling)
    assert set(np.unique(out)) == {0.0, kept}


@pytest.mark.parametrize("scaling", ["train", "test"])
def test_the_expected_channels_in_training_are_those_at_test_time(scaling):
    """Exactly: over all masks of three channels, each weighted by its probability."""
    x = np.random.default_rng(0).normal(size=(3, 2, 2))
    mean = sum(
        probability_of(m, 0.3)
        * F.dropout(x, 0.3, mask=np.broadcast_to(m[:, None, None], x.shape), scaling=scaling, shared_axes=(1, 2)).data
        for m in all_masks(3)
    )
    np.testing.assert_allclose(mean, F.dropout(x, 0.3, training=False, scaling=scaling).data, rtol=1e-13)


def test_no_shared_axes_is_the_default():
    one, other = (
        dropped_ones((20, 30), 0.3, rng=np.random.default_rng(3), **options) for options in ({}, {"shared_axes": ()})
    )
    np.testing.assert_array_equal(one, other)
    assert len(np.unique(one, axis=0)) == 20


def test_a_given_mask_is_used_despite_shared_axes():
    out = F.dropout(X, 0.5, mask=MASK, shared_axes=1)
    np.testing.assert_array_equal(out.data, 2 * X * MASK)


def test_shared_axes_do_not_change_the_memory_layout_of_the_result():
    x = leaf(np.ones(SEQUENCES))
    y = F.dropout(x, 0.5, shared_axes=1)
    y.sum().backward()
    assert y.data.flags.c_contiguous
    assert x.grad.flags.c_contiguous


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("axes", [2, -3, (0, 2), (0, 0), (1, -1)])
def test_axes_that_are_missing_or_repeated_are_refused_in_both_modes(axes, training):
    with pytest.raises(td.ShapeError, match=r"^dropout: expected shared_axes .*got .*\(2, 3\)") as caught:
        F.dropout(X, 0.5, training, shared_axes=axes)
    assert str(axes) in str(caught.value)


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


# What stays unchanged -------------------------------------------------------------------------------------------------


def test_neither_the_input_nor_the_mask_is_changed():
    x, mask = leaf(), MASK.copy()
    F.dropout(x, 0.5, mask=mask).backward(np.ones((2, 3)))
    np.testing.assert_array_equal(x.data, X)
    np.testing.assert_array_equal(mask, MASK)
    assert mask.flags.writeable


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("scaling", ["train", "test"])
def test_the_dtype_is_kept(dtype, training, scaling):
    x = td.Tensor(X.astype(dtype), requires_grad=True)
    out = F.dropout(x, np.float64(0.3), training, scaling=scaling)
    out.backward(np.ones((2, 3)))
    assert out.dtype == x.grad.dtype == dtype


def test_refilling_a_mask_before_backward_changes_nothing():
    x, mask = leaf(), MASK.copy()
    y = F.dropout(x, 0.5, mask=mask)
    mask[:] = ~mask
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, 2.0 * MASK)


def test_refilling_the_array_behind_a_read_only_mask_changes_nothing():
    """np.broadcast_to gives such a mask: it is read-only, but the array behind it can still be written to."""
    x, column = leaf(), np.array([[True], [False]])
    y = F.dropout(x, 0.5, mask=np.broadcast_to(column, X.shape))
    column[:] = ~column
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, [[2, 2, 2], [0, 0, 0]])


@pytest.mark.parametrize("kept", [True, False])
def test_the_mask_of_a_tensor_without_axes_can_be_a_numpy_scalar(kept):
    x = td.Tensor(np.array(3.0), requires_grad=True)
    out = F.dropout(x, 0.5, mask=np.bool_(kept))
    out.backward()
    assert (out.shape, out.item(), x.grad.item()) == ((), 6.0 * kept, 2.0 * kept)
