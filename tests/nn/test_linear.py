"""Linear: y = x @ W.T + b, with PyTorch's shapes and PyTorch's initial weights."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import nn


def test_the_weight_has_shape_out_in():
    layer = nn.Linear(5, 3)
    assert (layer.weight.shape, layer.bias.shape) == ((3, 5), (3,))
    assert layer.weight.dtype == layer.bias.dtype == np.float32


def test_forward_is_x_times_the_transposed_weight_plus_the_bias():
    layer = nn.Linear(5, 3, dtype=np.float64)
    x = np.random.default_rng(0).normal(size=(2, 7, 5))
    np.testing.assert_allclose(layer(td.Tensor(x)).data, x @ layer.weight.data.T + layer.bias.data, rtol=1e-12)


def test_bias_can_be_left_out():
    layer = nn.Linear(5, 3, bias=False)
    assert layer.bias is None
    assert list(layer.state_dict()) == ["weight"]
    assert layer(td.Tensor(np.zeros((1, 5), dtype=np.float32))).data.any() == np.False_


def test_the_parameters_have_the_given_dtype():
    layer = nn.Linear(2, 2, dtype=np.float64)
    assert layer.weight.dtype == layer.bias.dtype == np.float64


@pytest.mark.parametrize("inputs", [1, 4, 100])
def test_initial_weights_are_uniform_within_one_over_the_root_of_the_inputs(inputs):
    """PyTorch's kaiming_uniform_(a=sqrt(5)) amounts to U(-1/sqrt(in), 1/sqrt(in)), for both weight and bias."""
    layer = nn.Linear(inputs, 40_000 // inputs)
    bound = 1 / np.sqrt(inputs)
    for values in (layer.weight.data, layer.bias.data):
        assert np.abs(values).max() <= np.float32(bound)
        # The standard deviation is bound / sqrt(3); those of the mean and the variance follow.
        assert abs(values.mean()) <= 6 * bound / np.sqrt(3 * values.size)
        assert abs(values.var() - bound**2 / 3) <= 6 * bound**2 * np.sqrt(4 / 45 / values.size)


def test_the_same_generator_gives_the_same_weights():
    one, other = (nn.Linear(3, 4, rng=np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(one.weight.data, other.weight.data)
    np.testing.assert_array_equal(one.bias.data, other.bias.data)


def test_two_layers_have_different_weights():
    assert not np.array_equal(nn.Linear(3, 4).weight.data, nn.Linear(3, 4).weight.data)


def test_without_inputs_the_bias_starts_at_0():
    layer = nn.Linear(0, 3)
    assert layer.weight.shape == (3, 0)
    np.testing.assert_array_equal(layer.bias.data, [0, 0, 0])
