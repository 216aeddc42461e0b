"""The solutions of exercises, compared with PyTorch."""

import numpy as np
import pytest

from tinygrad_dropout.drills.exercise import find


def solution(number):
    """The namespace of an exercise's solution."""
    namespace = {}
    exec(find(str(number)).solution, namespace)
    return namespace


def gradient(torch, forward, grad, *arrays):
    """PyTorch's gradients with respect to the arrays, for an upstream gradient."""
    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    forward(*tensors).backward(torch.tensor(grad))
    return [tensor.grad.numpy() for tensor in tensors]


@pytest.mark.parametrize("shape", [(4,), (3, 5), (2, 3, 4)])
def test_the_gradient_of_a_softmax(torch, shape):
    grad, x = np.random.default_rng(0).normal(size=(2, *shape))
    x[..., 1] = -np.inf
    (expected,) = gradient(torch, lambda x: x.softmax(-1), grad, x)
    y = torch.tensor(x).softmax(-1).numpy()
    np.testing.assert_allclose(solution(41)["softmax_backward"](grad, y), expected, rtol=1e-12, atol=1e-15)


def test_a_log_sum_exp_and_a_cross_entropy_of_logits(torch):
    answer, rng = solution(40), np.random.default_rng(0)
    x, target = rng.normal(size=(3, 4)) * 3000, rng.random((3, 4))
    x[1] = -np.inf
    expected = torch.tensor(x).logsumexp(1).numpy()
    np.testing.assert_allclose(answer["log_sum_exp"](x, 1), expected, rtol=1e-14)
    z = np.where(x < -1e4, 0.0, x)
    loss = torch.nn.functional.binary_cross_entropy_with_logits
    (gradient_of_torch,) = gradient(torch, lambda z: loss(z, torch.tensor(target)), np.float64(1), z)
    ours = answer["bce_with_logits"](z, target)
    np.testing.assert_allclose(ours[0], loss(torch.tensor(z), torch.tensor(target)).item(), rtol=1e-12)
    np.testing.assert_allclose(ours[1], gradient_of_torch, rtol=1e-12, atol=1e-15)


def test_clipping_by_the_global_norm_where_the_constant_of_pytorch_makes_no_difference(torch):
    grads = [np.random.default_rng(0).normal(size=shape) * 1e6 for shape in ((3,), (2, 4), ())]
    parameters = [torch.nn.Parameter(torch.tensor(grad)) for grad in grads]
    for parameter, grad in zip(parameters, grads, strict=True):
        parameter.grad = torch.tensor(grad)
    norm = torch.nn.utils.clip_grad_norm_(parameters, max_norm=2.0).item()
    clipped, total_norm = solution(43)["clip_by_global_norm"](grads, 2.0)
    np.testing.assert_allclose(total_norm, norm, rtol=1e-12)
    for ours, parameter in zip(clipped, parameters, strict=True):
        np.testing.assert_allclose(ours, parameter.grad.numpy(), rtol=1e-10)


@pytest.mark.parametrize("padding_idx", [None, 0, 3])
def test_the_gradient_of_an_embedding(torch, padding_idx):
    rng = np.random.default_rng(0)
    indices, grad = rng.integers(5, size=(4, 3)), rng.normal(size=(4, 3, 2))

    def forward(weight):
        return torch.nn.functional.embedding(torch.tensor(indices), weight, padding_idx=padding_idx)

    (expected,) = gradient(torch, forward, grad, rng.normal(size=(6, 2)))
    ours = solution(44)["embedding_backward"](grad, indices, 6, padding_idx)
    np.testing.assert_allclose(ours, expected, rtol=1e-12)
