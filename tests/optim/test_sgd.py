"""Only in SGD: a momentum that can be switched on, and a memory that it needs only with momentum."""

import numpy as np
import pytest

from tinygrad_dropout import nn, optim


def test_a_momentum_switched_on_later_takes_effect():
    parameter = nn.Parameter(np.array([1.0]))
    optimizer = optim.SGD([parameter], lr=0.1)
    for momentum in (0, 0.9, 0.9):
        optimizer.momentum = momentum
        parameter.grad = np.array([1.0])
        optimizer.step()
    np.testing.assert_allclose(parameter.data, 1 - 0.1 * (1 + 1 + 1.9))


def test_without_a_momentum_only_the_number_of_steps_is_remembered():
    parameter = nn.Parameter(np.array([1.0]))
    optimizer = optim.SGD([parameter], lr=0.1)
    parameter.grad = np.array([1.0])
    optimizer.step()
    remembered = optimizer.state_dict().keys() - set(optimizer.settings)
    assert remembered == {"0.step"}


GRADIENTS = [2.0, -1.0, 0.5]


def by_hand(lr: float, momentum: float = 0, weight_decay: float = 0, nesterov: bool = False) -> list[float]:
    """The weight after each step from 1.0, by the formulas in SGD's docstring."""
    w, v, path = 1.0, 0.0, []
    for grad in GRADIENTS:
        g = grad + weight_decay * w
        v = momentum * v + g
        w = w - lr * (g + momentum * v if nesterov else v)
        path.append(w)
    return path


@pytest.mark.parametrize("weight_decay", [0, 0.4])
@pytest.mark.parametrize("changed", [{}, {"lr": 0.5}, {"momentum": 0.9}, {"momentum": 0.6, "nesterov": True}], ids=str)
def test_three_steps_are_those_computed_by_hand(changed, weight_decay):
    settings = {"lr": 0.1, "weight_decay": weight_decay} | changed
    parameter = nn.Parameter(np.array([1.0]))
    optimizer = optim.SGD([parameter], **settings)
    for grad, expected in zip(GRADIENTS, by_hand(**settings), strict=True):
        parameter.grad = np.array([grad])
        optimizer.step()
        np.testing.assert_allclose(parameter.data, [expected], rtol=1e-12)
