"""clip_grad_norm_: PyTorch's norm and PyTorch's gradients, even if a norm is not finite."""

import numpy as np
import pytest

from tinygrad_dropout import nn, optim

GRADIENTS = {
    "long": [np.array([[3.0, -4.0], [1.0, 2.0]]), np.array([12.0]), None],
    "short": [np.array([1e-3, -2e-3]), np.array(1e-3)],
    "zero": [np.zeros(3), np.zeros((2, 2))],
    "infinite": [np.array([1.0, np.inf]), np.array([2.0])],
    "NaN": [np.array([1.0, np.nan]), np.array([2.0])],
    "none": [None, None],
    "without numbers": [np.zeros((0, 2)), np.array([5.0])],
}


def parameters(grads) -> list[nn.Parameter]:
    params = [nn.Parameter(np.zeros(() if grad is None else grad.shape)) for grad in grads]
    for parameter, grad in zip(params, grads, strict=True):
        parameter.grad = grad
    return params


@pytest.mark.parametrize("norm_type", [2.0, np.inf, 1.0, 3.0])
@pytest.mark.parametrize("max_norm", [0.0, 1.0, 5.0, 1e9])
@pytest.mark.parametrize("grads", GRADIENTS.values(), ids=GRADIENTS.keys())
def test_the_norm_and_the_gradients_are_pytorchs(torch, grads, max_norm, norm_type):
    if norm_type == np.inf and any(grad is not None and not grad.size for grad in grads):
        pytest.skip("PyTorch has no largest value of no numbers")
    ours = parameters(grads)
    theirs = [torch.nn.Parameter(torch.tensor(parameter.data)) for parameter in ours]
    for their, grad in zip(theirs, grads, strict=True):
        their.grad = None if grad is None else torch.tensor(grad)
    total = optim.clip_grad_norm_(ours, max_norm, norm_type)
    assert type(total) is float
    np.testing.assert_allclose(total, torch.nn.utils.clip_grad_norm_(theirs, max_norm, norm_type).item(), rtol=1e-12)
    for our, their in zip(ours, theirs, strict=True):
        assert (our.grad is None) == (their.grad is None)
        if our.grad is not None:
            np.testing.assert_allclose(our.grad, their.grad.numpy(), rtol=1e-12)


@pytest.mark.parametrize(
    ("norm_type", "norm"), [(2, 13), (1, 19), (np.inf, 12), (3, 1819 ** (1 / 3)), (0.5, (2 + 12**0.5 + 3**0.5) ** 2)]
)
def test_the_norm_and_the_gradients_are_those_of_the_formula(norm_type, norm):
    for max_norm in (0, 0.5, 1, 100):
        params = parameters([np.array([[3.0, -4.0]]), None, np.array([12.0])])
        assert optim.clip_grad_norm_(params, max_norm, norm_type) == pytest.approx(norm, rel=1e-14)
        factor = min(1, max_norm / (norm + 1e-6))
        np.testing.assert_allclose(params[0].grad, [[3 * factor, -4 * factor]], rtol=1e-14)
        np.testing.assert_allclose(params[2].grad, [12 * factor], rtol=1e-14)
        assert params[1].grad is None


def test_infinities_and_nan_follow_the_formula():
    params = parameters([np.array([1.0, np.inf]), np.array([2.0])])
    assert optim.clip_grad_norm_(params, 1.0) == np.inf
    np.testing.assert_array_equal([*params[0].grad, *params[1].grad], [0, np.nan, 0])
    params = parameters([np.array([1.0, np.nan]), np.array([2.0])])
    assert np.isnan(optim.clip_grad_norm_(params, 1.0))
    np.testing.assert_array_equal([*params[0].grad, *params[1].grad], [np.nan] * 3)


def test_without_gradients_the_norm_is_0():
    assert optim.clip_grad_norm_(iter(parameters([None, None])), 1.0) == 0.0
    assert optim.clip_grad_norm_(parameters([np.zeros((0, 2))]), 1.0) == 0.0


def test_the_direction_is_kept_and_the_norm_is_the_requested_one():
    params = parameters([np.array([3.0]), np.array([4.0])])
    assert optim.clip_grad_norm_(params, 1.0) == 5.0
    np.testing.assert_allclose([parameter.grad.item() for parameter in params], [0.6, 0.8], rtol=1e-6)


def test_an_array_read_from_grad_earlier_keeps_its_values_and_the_dtype_is_kept():
    parameter = nn.Parameter(np.zeros(2, np.float32))
    read = parameter.grad = np.array([30.0, 40.0], np.float32)
    optim.clip_grad_norm_([parameter], 5.0)
    np.testing.assert_array_equal(read, [30, 40])
    assert parameter.grad.dtype == np.float32


def test_a_gradient_whose_squares_overflow_float32_is_clipped_like_any_other():
    parameter = nn.Parameter(np.zeros(2, np.float32))
    parameter.grad = np.array([3e30, 4e30], np.float32)
    assert optim.clip_grad_norm_([parameter], 1.0) == pytest.approx(5e30)
    np.testing.assert_allclose(parameter.grad, [0.6, 0.8], rtol=1e-6)


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_a_norm_that_is_not_finite_can_be_an_error_and_then_nothing_is_changed(bad):
    grads = [np.array([1.0, bad]), np.array([2.0])]
    params = parameters(grads)
    with pytest.raises(RuntimeError, match=r"expected gradients with a finite norm, got (inf|nan)"):
        optim.clip_grad_norm_(params, 1.0, error_if_nonfinite=True)
    for parameter, grad in zip(params, grads, strict=True):
        np.testing.assert_array_equal(parameter.grad, grad)


@pytest.mark.parametrize(
    ("params", "options", "error", "words"),
    [
        (nn.Parameter([1.0]), {"max_norm": 1}, TypeError, "clip_grad_norm_: expected a list of Tensors"),
        ([], {"max_norm": -1}, ValueError, "max_norm to be a number of at least 0, got -1"),
        ([], {"max_norm": np.nan}, ValueError, "max_norm to be a number of at least 0, got nan"),
        ([], {"max_norm": 1, "norm_type": 0}, ValueError, "norm_type to be a number above 0, got 0"),
        ([], {"max_norm": "1"}, ValueError, "max_norm to be a number of at least 0, got '1'"),
        ([], {"max_norm": 1, "norm_type": "inf"}, ValueError, "norm_type to be a number above 0, got 'inf'"),
    ],
    ids=str,
)
def test_arguments_that_make_no_sense_are_refused(params, options, error, words):
    with pytest.raises(error, match=words):
        optim.clip_grad_norm_(params, **options)
