"""The layers without parameters are the functions of their name."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn


@pytest.mark.parametrize(
    ("layer", "function"),
    [(nn.ReLU(), F.relu), (nn.Sigmoid(), F.sigmoid), (nn.Tanh(), F.tanh)],
    ids=["ReLU", "Sigmoid", "Tanh"],
)
def test_an_activation_is_the_function_of_its_name(layer, function):
    x = td.Tensor([-1.0, 0.0, 2.0])
    np.testing.assert_array_equal(layer(x).data, function(x).data)
    assert list(layer.parameters()) == []


@pytest.mark.parametrize(
    ("shape", "flat"),
    [((2, 3, 4), (2, 12)), ((2, 3), (2, 3)), ((5,), (5, 1)), ((1, 1, 1), (1, 1)), ((0, 3, 2), (0, 6))],
    ids=str,
)
def test_flatten_keeps_the_first_axis(shape, flat):
    assert nn.Flatten()(td.Tensor(np.zeros(shape))).shape == flat
