"""Losses: extreme logits, reductions, and the two kinds of target of cross_entropy."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F


def loss_and_gradient(loss, logits, target, **how):
    x = td.Tensor(np.array(logits, dtype=np.float64), requires_grad=True)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        out = loss(x, np.array(target), **how)
        out.backward()
    return out.item(), x.grad


# The loss, logits, target, and the expected loss and gradient.
EXTREME = [
    ("sure and right", F.cross_entropy, [[1e4, 0.0]], [0], 0, [[0, 0]]),
    ("sure and wrong", F.cross_entropy, [[1e4, 0.0]], [1], 1e4, [[1, -1]]),
    ("sure and wrong, probabilities", F.cross_entropy, [[1e4, 0.0]], [[0.0, 1.0]], 1e4, [[1, -1]]),
    ("far below zero", F.cross_entropy, [[-1e4, -1e4]], [0], np.log(2), [[-0.5, 0.5]]),
    ("an impossible class", F.cross_entropy, [[0.0, -np.inf, 0.0]], [0], np.log(2), [[-0.5, 0, 0.5]]),
    ("binary, sure and right", F.binary_cross_entropy_with_logits, [1e4], [1.0], 0, [0]),
    ("binary, sure and wrong", F.binary_cross_entropy_with_logits, [1e4], [0.0], 1e4, [1]),
    ("binary, sure and wrong the other way", F.binary_cross_entropy_with_logits, [-1e4], [1.0], 1e4, [-1]),
]


@pytest.mark.parametrize(
    ("loss", "logits", "target", "value", "gradient"), [row[1:] for row in EXTREME], ids=[row[0] for row in EXTREME]
)
def test_extreme_logits_give_finite_losses_and_gradients(loss, logits, target, value, gradient):
    """Seen in PyDyNet (-inf) and SmallPebble (nan)."""
    out, grad = loss_and_gradient(loss, logits, target)
    assert out == pytest.approx(value, abs=1e-12)
    np.testing.assert_allclose(grad, gradient, atol=1e-12)


@pytest.mark.parametrize(
    ("loss", "target"),
    [
        (F.cross_entropy, np.array([2, 0])),
        (F.cross_entropy, np.array([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0]])),
        (F.nll_loss, np.array([2, 0])),
        (F.mse_loss, np.zeros((2, 3))),
        (F.binary_cross_entropy_with_logits, np.full((2, 3), 0.25)),
    ],
)
def test_mean_and_sum_are_the_mean_and_the_sum_of_none(loss, target):
    x = td.Tensor(np.random.default_rng(0).normal(size=(2, 3)))
    each = loss(x, target, reduction="none").data
    assert loss(x, target).item() == pytest.approx(each.mean(), rel=1e-14)
    assert loss(x, target, reduction="mean").item() == pytest.approx(each.mean(), rel=1e-14)
    assert loss(x, target, reduction="sum").item() == pytest.approx(each.sum(), rel=1e-14)


def test_labels_and_their_one_hot_probabilities_give_the_same_loss_and_gradient():
    logits = np.random.default_rng(0).normal(size=(4, 3))
    labels = np.array([2, 0, 1, 1])
    by_label, gradient_by_label = loss_and_gradient(F.cross_entropy, logits, labels)
    by_probability, gradient_by_probability = loss_and_gradient(F.cross_entropy, logits, np.eye(3)[labels])
    assert by_label == pytest.approx(by_probability, rel=1e-14)
    np.testing.assert_allclose(gradient_by_label, gradient_by_probability, rtol=1e-12, atol=1e-15)


def test_cross_entropy_is_nll_loss_of_log_softmax():
    x = td.Tensor(np.random.default_rng(0).normal(size=(4, 3)))
    labels = np.array([2, 0, 1, 1])
    assert F.cross_entropy(x, labels).item() == pytest.approx(F.nll_loss(x.log_softmax(), labels).item(), rel=1e-14)


@pytest.mark.parametrize(
    "target", [[1, 0], np.array([1, 0]), np.array([1, 0], dtype=np.uint8), td.Tensor(np.array([1, 0]))]
)
def test_labels_can_be_a_list_an_array_or_a_tensor_of_integers(target):
    logits = td.Tensor([[0.0, 1.0, 2.0], [3.0, 1.0, 0.0]])
    assert F.cross_entropy(logits, target).item() == F.cross_entropy(logits, np.array([1, 0])).item()


def test_a_target_is_never_changed():
    target = np.array([[0.5, 0.5]])
    loss_and_gradient(F.cross_entropy, [[1.0, 2.0]], target)
    np.testing.assert_array_equal(target, [[0.5, 0.5]])


@pytest.mark.parametrize("loss", [F.cross_entropy, F.binary_cross_entropy_with_logits], ids=lambda loss: loss.__name__)
def test_a_target_that_requires_a_gradient_is_refused(loss):
    target = td.Tensor([[0.25, 0.75]], requires_grad=True)
    with pytest.raises(TypeError, match=f"{loss.__name__}.*detach"):
        loss(td.Tensor([[1.0, 2.0]]), target)


@pytest.mark.parametrize(
    ("loss", "target"),
    [
        (F.cross_entropy, np.array([0, 1])),
        (F.cross_entropy, np.array([[0.2, 0.8], [0.5, 0.5]])),
        (F.nll_loss, np.array([0, 1])),
        (F.binary_cross_entropy_with_logits, np.array([[0.0, 1.0], [1.0, 0.0]])),
        (F.mse_loss, np.array([[0.0, 1.0], [1.0, 0.0]])),
    ],
)
def test_refilling_a_target_before_backward_changes_nothing(loss, target):
    gradients = []
    for refill in (False, True):
        x, given = td.Tensor(np.array([[0.3, -0.4], [1.0, 2.0]]), requires_grad=True), target.copy()
        out = loss(x, given)
        if refill:
            given[:] = given[::-1].copy()
        out.backward()
        gradients.append(x.grad)
    np.testing.assert_array_equal(*gradients)


# Precision and memory -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gap", [9.0, 11.0, 12.0, 13.0, 14.0, 15.0])
def test_at_confident_logits_the_gradient_at_the_label_keeps_its_digits(gap):
    """For a float32 p close to 1, p - 1 has only p's last bits, but e^-loss - 1 has all the digits of the loss."""
    x = td.Tensor(np.array([[gap, 0.0]], dtype=np.float32), requires_grad=True)
    loss = F.cross_entropy(x, [0])
    loss.backward()
    at_the_label = x.grad[0, 0]
    assert at_the_label == np.expm1(-loss.data)
    assert at_the_label != 0
    assert at_the_label == pytest.approx(-1 / (1 + np.exp(gap)), abs=float(np.finfo(np.float32).eps))


def test_in_float64_the_gradient_at_the_label_is_right_for_p_within_1e_9_of_1():
    gap = 22.0
    x = td.Tensor(np.array([[gap, 0.0]]), requires_grad=True)
    loss = F.cross_entropy(x, [0])
    loss.backward()
    assert x.grad[0, 0] == np.expm1(-loss.data)
    np.testing.assert_allclose(x.grad, np.array([[-1, 1]]) / (1 + np.exp(gap)), rtol=1e-6)


@pytest.mark.parametrize("target", [np.array([2, 0]), np.array([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0]])], ids=["label", "p"])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_the_memory_layout_of_logits_does_not_matter(target, reduction):
    values = np.random.default_rng(0).normal(size=(2, 3))
    losses, gradients = [], []
    for logits in (values, np.asfortranarray(values), np.repeat(values, 2, axis=1)[:, ::2]):
        x = td.Tensor(logits, requires_grad=True)
        loss = F.cross_entropy(x, target, reduction=reduction)
        loss.backward(np.arange(1.0, 3) if reduction == "none" else None)
        losses.append(loss.data)
        gradients.append(x.grad)
    for loss, gradient in zip(losses, gradients, strict=True):
        np.testing.assert_array_equal(loss, losses[0])
        np.testing.assert_array_equal(gradient, gradients[0])


WEIGHT = np.array([0.5, 1.0, 3.0])


def weighted(loss, **how):
    """The loss with these options; its name is kept."""

    def function(*arguments, **more):
        return loss(*arguments, **how, **more)

    function.__name__ = loss.__name__
    return function


ARGUMENTS = [
    (weighted(F.cross_entropy, weight=WEIGHT, label_smoothing=0.1), np.array([2, 0])),
    (weighted(F.cross_entropy, label_smoothing=0.1), np.array([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0]])),
    (weighted(F.nll_loss, weight=WEIGHT), np.array([2, 0])),
    (weighted(F.binary_cross_entropy_with_logits, pos_weight=WEIGHT), np.full((2, 3), 0.25)),
    (F.l1_loss, np.zeros((2, 3))),
    (F.cross_entropy, np.array([2, 0])),
    (F.cross_entropy, np.array([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0]])),
    (F.nll_loss, np.array([2, 0])),
    (F.mse_loss, np.zeros((2, 3))),
    (F.binary_cross_entropy_with_logits, np.full((2, 3), 0.25)),
]
each_loss = pytest.mark.parametrize(("loss", "target"), ARGUMENTS)


@each_loss
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_callers_arrays_are_not_changed(loss, target, order):
    logits, given = np.asarray([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]], order=order), target.copy()
    x = td.Tensor(logits, requires_grad=True)
    before = logits.copy()
    loss(x, given).backward()
    assert x.data is logits
    np.testing.assert_array_equal(logits, before)
    np.testing.assert_array_equal(given, target)


@each_loss
def test_a_retained_graph_gives_the_same_gradient_again(loss, target):
    """Backward works on its own arrays, not on those that forward saved."""
    x = td.Tensor(np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]]), requires_grad=True)
    out = loss(x, target)
    out.backward(retain_graph=True)
    first = x.grad.copy()  # the gradient itself could be an array that forward saved
    x.zero_grad()
    out.backward()
    np.testing.assert_array_equal(x.grad, first)


@each_loss
def test_the_losses_of_nothing_sum_to_nothing_and_their_mean_is_nan(loss, target):
    """As in PyTorch."""
    x = td.Tensor(np.zeros((0, 3)), requires_grad=True)
    nothing = target[:0]
    assert loss(x, nothing, reduction="none").size == 0
    total = loss(x, nothing, reduction="sum")
    assert (total.shape, total.item()) == ((), 0)
    with pytest.warns(RuntimeWarning):
        mean = loss(x, nothing)
    assert mean.shape == ()
    assert np.isnan(mean.item())
    for out in (total, mean):
        x.zero_grad()
        out.backward()
        assert x.grad.shape == (0, 3)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's, for a mean of nothing
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize(
    ("name", "dtype", "shape"),
    [
        ("cross_entropy", int, (0,)),
        ("mse_loss", float, (0, 3)),
        ("binary_cross_entropy_with_logits", float, (0, 3)),
    ],
)
def test_a_reduction_of_no_losses_is_pytorchs(torch, name, dtype, shape, reduction):
    logits, target = np.zeros((0, 3)), np.zeros(shape, dtype)
    ours = getattr(F, name)(logits, target, reduction=reduction)
    theirs = getattr(torch.nn.functional, name)(torch.tensor(logits), torch.tensor(target), reduction=reduction)
    np.testing.assert_array_equal(ours.data, theirs.numpy())


@pytest.mark.parametrize(
    ("loss", "logits", "target", "each"),
    [
        (F.mse_loss, np.float16(2), np.float16(0), 4),
        (F.cross_entropy, np.array([2, 0], np.float16), np.array(1), np.log1p(np.exp(2))),
    ],
)
def test_the_mean_of_many_losses_in_float16_does_not_overflow(loss, logits, target, each):
    """Their sum is more than float16 can hold."""
    count = 2_000_000
    many = [np.repeat(array[np.newaxis], count, axis=0) for array in (logits, target)]
    mean = loss(td.Tensor(many[0]), many[1])
    assert mean.dtype == np.float16
    assert mean.item() == pytest.approx(each, rel=3e-3)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float16, 2e-3), (np.float32, 1e-6)])
@pytest.mark.parametrize("classes", [50, 5000, 20_000])
def test_the_loss_of_equal_scores_is_the_logarithm_of_their_number(dtype, tolerance, classes):
    logits = td.Tensor(np.zeros((2, classes), dtype=dtype), requires_grad=True)
    loss = F.cross_entropy(logits, np.array([0, 1]))
    loss.backward()
    assert loss.item() == pytest.approx(np.log(classes), rel=tolerance)
    assert abs(float(logits.grad.astype(np.float64).sum())) < 0.01


def test_single_losses_can_be_changed_before_backward():
    logits = td.Tensor(np.array([[1.0, 2], [3, 1]]), requires_grad=True)
    losses = F.cross_entropy(logits, np.array([0, 1]), reduction="none")
    losses.data *= 0
    losses.sum().backward()
    np.testing.assert_allclose(logits.grad.sum(axis=1), 0, atol=1e-12)
    assert (np.abs(logits.grad) > 0.5).all()


@pytest.mark.parametrize("label", [-1, 3, np.uint64(2**64 - 1), np.uint8(200)], ids=repr)
def test_the_error_names_a_wrong_label_as_it_was_given(label):
    with pytest.raises(ValueError, match=f"from 0 to 2, got {label}$"):
        F.cross_entropy(np.zeros((2, 3)), np.array([0, label], dtype=np.asarray(label).dtype))


@pytest.mark.parametrize("loss", [F.cross_entropy, F.nll_loss], ids=["cross_entropy", "nll_loss"])
def test_booleans_are_neither_labels_nor_probabilities(loss):
    with pytest.raises(td.DtypeError, match=rf"^{loss.__name__}: .*got booleans"):
        loss(td.Tensor(np.zeros((2, 3))), np.array([True, False]))


@pytest.mark.parametrize("loss", [F.cross_entropy, F.nll_loss])
@pytest.mark.parametrize("labels", [[], [0], [0, 1, 0, 1]], ids=["none", "too few", "too many"])
def test_there_must_be_a_label_for_each_row(loss, labels):
    with pytest.raises(td.errors.ShapeError, match=r"expected 3 class labels, shape \(3,\)"):
        loss(td.Tensor(np.zeros((3, 2))), np.array(labels, dtype=np.int64))


# Weights and smoothing ------------------------------------------------------------------------------------------------

LOGITS = np.random.default_rng(3).normal(size=(4, 3))
LABELS = np.array([2, 0, 1, 1])


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("target", [LABELS, np.eye(3)[LABELS] * 0.5 + 1 / 6], ids=["labels", "probabilities"])
def test_weights_of_one_and_no_smoothing_change_nothing(target, reduction):
    plain = F.cross_entropy(LOGITS, target, reduction=reduction).data
    with_ones = F.cross_entropy(LOGITS, target, weight=np.ones(3), reduction=reduction).data
    np.testing.assert_allclose(with_ones, plain, rtol=1e-14)
    np.testing.assert_array_equal(F.cross_entropy(LOGITS, target, label_smoothing=0, reduction=reduction).data, plain)


def test_the_mean_is_weighted_for_labels_and_plain_for_probabilities():
    each = F.cross_entropy(LOGITS, LABELS, weight=WEIGHT, reduction="none").data
    mean = F.cross_entropy(LOGITS, LABELS, weight=WEIGHT).item()
    assert mean == pytest.approx(each.sum() / WEIGHT[LABELS].sum(), rel=1e-14)
    mean = F.cross_entropy(LOGITS, np.eye(3)[LABELS], weight=WEIGHT).item()
    assert mean == pytest.approx(each.mean(), rel=1e-14)


def test_smoothing_labels_equals_smoothing_their_probabilities():
    smooth = 0.7 * np.eye(3)[LABELS] + 0.1
    expected = F.cross_entropy(LOGITS, smooth, reduction="none").data
    for target in (LABELS, np.eye(3)[LABELS]):
        ours = F.cross_entropy(LOGITS, target, label_smoothing=0.3, reduction="none").data
        np.testing.assert_allclose(ours, expected, rtol=1e-14)


@pytest.mark.parametrize("scale", [0.1, 40.0])
def test_only_the_ratio_of_the_weights_matters_to_the_mean(scale):
    for loss in (F.cross_entropy, F.nll_loss):
        assert loss(LOGITS, LABELS, weight=scale * WEIGHT).item() == pytest.approx(
            loss(LOGITS, LABELS, weight=WEIGHT).item(), rel=1e-13
        )


@pytest.mark.parametrize("weight", [list(WEIGHT), td.Tensor(WEIGHT), WEIGHT.astype(np.float32), [1, 2, 3]], ids=repr)
def test_the_loss_has_the_dtype_of_the_scores_not_of_the_weights(weight):
    logits = td.Tensor(LOGITS, dtype=np.float32)
    for out in (
        F.cross_entropy(logits, LABELS, weight=weight),
        F.nll_loss(logits, LABELS, weight=weight),
        F.binary_cross_entropy_with_logits(logits, np.eye(3)[LABELS], pos_weight=weight),
    ):
        assert out.dtype == np.float32


def test_changing_the_weights_before_backward_changes_nothing():
    for loss, option, target in (
        (F.cross_entropy, "weight", LABELS),
        (F.nll_loss, "weight", LABELS),
        (F.binary_cross_entropy_with_logits, "pos_weight", np.eye(3)[LABELS]),
    ):
        gradients = []
        for change in (False, True):
            x, weight = td.Tensor(LOGITS, requires_grad=True), WEIGHT.copy()
            out = loss(x, target, **{option: weight})
            weight *= 7 if change else 1
            out.backward()
            gradients.append(x.grad)
        np.testing.assert_array_equal(*gradients)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's: 0 / 0
def test_labels_whose_weights_are_all_zero_have_no_mean_as_in_pytorch(torch):
    for name in ("cross_entropy", "nll_loss"):
        ours = getattr(F, name)(LOGITS, LABELS, weight=np.zeros(3))
        theirs = getattr(torch.nn.functional, name)(
            torch.tensor(LOGITS), torch.tensor(LABELS), weight=torch.zeros(3, dtype=torch.float64)
        )
        assert np.isnan(ours.item()) == np.isnan(theirs.item()) == np.True_
        assert getattr(F, name)(LOGITS, LABELS, weight=np.zeros(3), reduction="sum").item() == 0


@pytest.mark.parametrize("options", [{"weight": [0.0, 1.0]}, {"weight": [0.0, 1.0], "label_smoothing": 0.5}], ids=str)
def test_a_weight_of_0_does_not_hide_a_nan(options):
    """0 * ln p is 0 where p is 0, but NaN where p is NaN, as in PyTorch."""
    logits = td.Tensor([[np.nan, 1.0], [1.0, 2.0]], requires_grad=True)
    losses = F.cross_entropy(logits, [0, 1], reduction="none", **options)
    losses.sum().backward()
    assert np.isnan(losses.data).tolist() == [True, False]
    assert np.isnan(logits.grad).all(axis=1).tolist() == [True, False]


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_a_target_of_zeros_for_a_score_of_minus_infinity_gives_no_loss(reduction):
    loss = F.cross_entropy([[-np.inf, 0.0]], [[0.0, 1.0]], reduction=reduction)
    np.testing.assert_array_equal(loss.data.ravel(), [0.0])
