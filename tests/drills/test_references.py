"""The right answers of exercises, held against PyTorch."""

import numpy as np
import pytest

from tinygrad_dropout.drills.exercise import find


def solution(number):
    """What the reference answer of an exercise defines."""
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
