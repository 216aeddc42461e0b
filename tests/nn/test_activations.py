"""The layers without parameters are the functions of their name."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn

ACTIVATIONS = [
    (nn.ReLU(), F.relu),
    (nn.LeakyReLU(), F.leaky_relu),
    (nn.LeakyReLU(0.2), lambda x: F.leaky_relu(x, 0.2)),
    (nn.GELU(), F.gelu),
    (nn.GELU("tanh"), lambda x: F.gelu(x, "tanh")),
    (nn.Sigmoid(), F.sigmoid),
    (nn.Tanh(), F.tanh),
    (nn.Softmax(), F.softmax),
    (nn.Softmax(axis=0), lambda x: F.softmax(x, 0)),
    (nn.LogSoftmax(), F.log_softmax),
    (nn.LogSoftmax(0), lambda x: F.log_softmax(x, 0)),
    (nn.Identity(), lambda x: x),
]


@pytest.mark.parametrize(("layer", "function"), ACTIVATIONS, ids=[repr(layer) for layer, _ in ACTIVATIONS])
def test_an_activation_is_the_function_of_its_name(layer, function):
    x = td.Tensor([[-1.0, 0.0, 2.0], [3.0, -0.5, 1.0]])
    np.testing.assert_array_equal(layer(x).data, function(x).data)
    assert list(layer.parameters()) == []


@pytest.mark.parametrize(
    ("shape", "flat"),
    [((2, 3, 4), (2, 12)), ((2, 3), (2, 3)), ((5,), (5, 1)), ((1, 1, 1), (1, 1)), ((0, 3, 2), (0, 6))],
    ids=str,
)
def test_flatten_keeps_the_first_axis(shape, flat):
    assert nn.Flatten()(td.Tensor(np.zeros(shape))).shape == flat


def test_identity_returns_the_input_itself():
    x = td.ones(2)
    assert nn.Identity()(x) is x


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (nn.LeakyReLU(0.2), "LeakyReLU(negative_slope=0.2)"),
        (nn.GELU(), "GELU(approximate='none')"),
        (nn.Softmax(1), "Softmax(axis=1)"),
        (nn.LogSoftmax(), "LogSoftmax(axis=-1)"),
        (nn.Identity(), "Identity()"),
    ],
)
def test_repr_shows_the_settings(layer, text):
    assert repr(layer) == text


@pytest.mark.parametrize("layer", [nn.Softmax, nn.LogSoftmax])
def test_the_error_for_pytorchs_axis_name_gives_ours(layer):
    with pytest.raises(TypeError, match=rf"^{layer.__name__}: .*write axis= instead of dim="):
        layer(dim=1)
