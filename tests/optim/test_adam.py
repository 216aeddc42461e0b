"""Adam and AdamW: steps computed by hand, and the defaults of all options."""

import numpy as np
import pytest

from tinygrad_dropout import nn, optim

GRADIENTS = [2.0, -1.0, 0.5, 3.0, -2.0]  # enough steps for the powers of the betas to fall below a half


def by_hand(decoupled: bool, lr: float, betas: tuple[float, float], eps: float, weight_decay: float) -> list[float]:
    """The weight after each step from 1.0, by algorithm 1 of Kingma & Ba (and algorithm 2 of Loshchilov & Hutter)."""
    w, m, v, path = 1.0, 0.0, 0.0, []
    for t, grad in enumerate(GRADIENTS, start=1):
        g = grad if decoupled else grad + weight_decay * w
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g**2
        m_hat, v_hat = m / (1 - betas[0] ** t), v / (1 - betas[1] ** t)
        w = w - lr * (m_hat / (v_hat**0.5 + eps)) - (lr * weight_decay * w if decoupled else 0)
        path.append(w)
    return path


@pytest.mark.parametrize("kind", [optim.Adam, optim.AdamW])
@pytest.mark.parametrize(
    "changed",
    [{}, {"lr": 0.5}, {"betas": (0.5, 0.8)}, {"betas": (0.3, 0.4)}, {"eps": 0.3}, {"weight_decay": 0.4}],
    ids=str,
)
def test_the_steps_are_those_computed_by_hand(kind, changed):
    settings = {"lr": 0.1, "betas": (0.9, 0.99), "eps": 0.01, "weight_decay": 0.1} | changed
    parameter = nn.Parameter(np.array([1.0]))
    optimizer = kind([parameter], **settings)
    for grad, expected in zip(GRADIENTS, by_hand(kind is optim.AdamW, **settings), strict=True):
        parameter.grad = np.array([grad])
        optimizer.step()
        np.testing.assert_allclose(parameter.data, [expected], rtol=1e-12)


@pytest.mark.parametrize("kind", [optim.Adam, optim.AdamW])
def test_the_first_step_is_lr_for_gradients_of_every_size(kind):
    """m_hat / sqrt(v_hat) is the gradient's sign at t = 1, which is the purpose of the bias corrections."""
    for grad in (1e-3, -40.0):
        parameter = nn.Parameter(np.array([1.0]))
        optimizer = kind([parameter], lr=0.25, eps=0.0, weight_decay=0)
        parameter.grad = np.array([grad])
        optimizer.step()
        np.testing.assert_allclose(parameter.data, [1 - 0.25 * np.sign(grad)], rtol=1e-12)


@pytest.mark.parametrize("name", ["Adam", "AdamW"])
def test_the_defaults_are_pytorchs(torch, name):
    ours, theirs = nn.Parameter(np.ones(3)), torch.nn.Parameter(torch.ones(3, dtype=torch.float64))
    our_optimizer, their_optimizer = getattr(optim, name)([ours]), getattr(torch.optim, name)([theirs])
    for _ in range(20):
        ours.grad, theirs.grad = np.array([1.0, -2.0, 0.1]), torch.tensor([1.0, -2.0, 0.1], dtype=torch.float64)
        our_optimizer.step()
        their_optimizer.step()
    np.testing.assert_allclose(ours.data, theirs.detach().numpy(), rtol=1e-12)


def test_the_defaults_are_those_of_the_papers():
    for kind, weight_decay in ((optim.Adam, 0), (optim.AdamW, 1e-2)):
        optimizer = kind([nn.Parameter(np.ones(1))])
        assert (optimizer.lr, optimizer.betas, optimizer.eps) == (1e-3, (0.9, 0.999), 1e-8)
        assert optimizer.weight_decay == weight_decay


def test_betas_can_be_a_list():
    assert optim.Adam([nn.Parameter(np.ones(1))], betas=[0.8, 0.9]).betas == (0.8, 0.9)


@pytest.mark.parametrize(
    "betas",
    [(1.0, 0.9), (0.9, 1.0), (1.5, 0.9), (0.9, 2.0), (-0.1, 0.9), (0.9,), (0.9, 0.9, 0.9), 0.9, "ab", ("a", "b")],
)
def test_betas_that_are_not_two_numbers_below_1_are_refused(betas):
    with pytest.raises(ValueError, match="expected betas to be two numbers of at least 0 and below 1, got"):
        optim.Adam([nn.Parameter(np.ones(1))], betas=betas)
