"""What SGD alone has: a momentum that can be switched on, and a memory that it does not need without."""

import numpy as np

from tinygrad_dropout import nn, optim


def test_a_momentum_switched_on_later_takes_effect():
    parameter = nn.Parameter(np.array([1.0]))
    optimizer = optim.SGD([parameter], lr=0.1)
    for momentum in (0, 0.9, 0.9):
        optimizer.momentum = momentum
        parameter.grad = np.array([1.0])
        optimizer.step()
    np.testing.assert_allclose(parameter.data, 1 - 0.1 * (1 + 1 + 1.9))


def test_without_a_momentum_nothing_is_remembered_but_the_number_of_steps():
    parameter = nn.Parameter(np.array([1.0]))
    optimizer = optim.SGD([parameter], lr=0.1)
    parameter.grad = np.array([1.0])
    optimizer.step()
    remembered = optimizer.state_dict().keys() - set(optimizer.settings)
    assert remembered == {"0.step"}
