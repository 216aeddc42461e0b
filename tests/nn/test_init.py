"""nn.init: PyTorch's formulas and defaults, filled in place from the given generator; backward notices the change."""

import inspect
from functools import partial

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import nn
from tinygrad_dropout.nn import init

SHAPE = (40, 30, 5)  # fan_in 150, fan_out 200

#: A call, its distribution, and the mean and the standard deviation of that.
DRAWS = [
    (init.uniform_, "uniform", 0.5, 1 / np.sqrt(12)),
    (partial(init.uniform_, a=-2, b=4), "uniform", 1, 6 / np.sqrt(12)),
    (init.normal_, "normal", 0, 1),
    (partial(init.normal_, mean=3, std=0.5), "normal", 3, 0.5),
    (init.xavier_uniform_, "uniform", 0, np.sqrt(2 / 350)),
    (partial(init.xavier_uniform_, gain=3), "uniform", 0, 3 * np.sqrt(2 / 350)),
    (init.xavier_normal_, "normal", 0, np.sqrt(2 / 350)),
    (init.kaiming_uniform_, "uniform", 0, np.sqrt(2 / 150)),
    (partial(init.kaiming_uniform_, a=np.sqrt(5)), "uniform", 0, 1 / np.sqrt(3 * 150)),
    (partial(init.kaiming_uniform_, mode="fan_out", nonlinearity="relu"), "uniform", 0, np.sqrt(2 / 200)),
    (init.kaiming_normal_, "normal", 0, np.sqrt(2 / 150)),
    (partial(init.kaiming_normal_, mode="fan_out", nonlinearity="tanh"), "normal", 0, 5 / 3 / np.sqrt(200)),
]


@pytest.mark.parametrize(("draw", "kind", "mean", "deviation"), DRAWS)
def test_the_values_have_the_named_distribution(draw, kind, mean, deviation):
    values = draw(td.zeros(*SHAPE), rng=np.random.default_rng(0)).data - mean
    kurtosis = {"uniform": 1.8, "normal": 3}[kind]
    assert abs(values.mean()) < 6 * deviation / np.sqrt(values.size)
    assert abs(values.var() / deviation**2 - 1) < 6 * np.sqrt((kurtosis - 1) / values.size)
    assert abs((values**4).mean() / values.var() ** 2 - kurtosis) < 0.2
    if kind == "uniform":
        assert np.abs(values).max() <= np.sqrt(3) * deviation * (1 + 1e-6)


NAMES = ["kaiming_uniform_", "kaiming_normal_", "xavier_uniform_", "xavier_normal_"]


@pytest.mark.parametrize("name", [*NAMES, "uniform_", "normal_", "constant_", "zeros_", "ones_"])
def test_argument_names_and_defaults_are_pytorchs(torch, name):
    ours = inspect.signature(getattr(init, name)).parameters
    theirs = inspect.signature(getattr(torch.nn.init, name)).parameters
    assert {key: p.default for key, p in ours.items() if key != "rng"} == {
        key: p.default for key, p in theirs.items() if key != "generator"
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(300, 200), (20, 30, 50)], ids=str)
def test_the_spread_is_pytorchs(torch, name, shape):
    ours, theirs = td.zeros(*shape), torch.zeros(*shape)
    getattr(init, name)(ours, rng=np.random.default_rng(1))
    torch.manual_seed(0)
    getattr(torch.nn.init, name)(theirs)
    assert ours.data.std() == pytest.approx(theirs.std().item(), rel=0.03)


@pytest.mark.parametrize("nonlinearity", ["linear", "sigmoid", "tanh", "relu", "leaky_relu", "selu"])
def test_gains_are_pytorchs(torch, nonlinearity):
    assert init.calculate_gain(nonlinearity) == torch.nn.init.calculate_gain(nonlinearity)
    assert init.calculate_gain("leaky_relu", 0.3) == torch.nn.init.calculate_gain("leaky_relu", 0.3)
    assert init.calculate_gain("leaky_relu", 0) == torch.nn.init.calculate_gain("relu")


def test_unknown_gains_are_refused():
    assert [init.calculate_gain(name) for name in ("linear", "sigmoid", "tanh", "selu")] == [1, 1, 5 / 3, 0.75]


def test_constants():
    tensor = td.zeros(2, 3)
    for fill, value in ((init.ones_, 1), (init.zeros_, 0), (partial(init.constant_, val=2.5), 2.5)):
        assert fill(tensor) is tensor
        np.testing.assert_array_equal(tensor.data, np.full((2, 3), value, np.float32))


def test_equal_bounds_give_a_constant():
    np.testing.assert_array_equal(init.uniform_(td.zeros(3), 2, 2).data, [2, 2, 2])


def test_a_parameter_is_filled_in_place_and_keeps_its_dtype_and_its_array():
    layer = nn.Linear(3, 2)
    array = layer.weight.data
    init.kaiming_normal_(layer.weight, rng=np.random.default_rng(0))
    assert layer.weight.data is array
    assert (layer.weight.dtype, layer.weight.is_leaf, layer.weight.requires_grad) == (np.float32, True, True)


def test_backward_notices_that_a_value_it_needs_was_filled():
    layer = nn.Linear(3, 2)
    out = layer(td.Tensor(np.ones((1, 3), np.float32), requires_grad=True)).sum()
    init.zeros_(layer.weight)
    with pytest.raises(RuntimeError, match="changed since"):
        out.backward()


def test_without_a_generator_the_frameworks_own_is_used():
    drawn = []
    for _ in range(2):
        td.manual_seed(3)
        drawn.append(init.xavier_uniform_(td.zeros(3, 4)).data)
    np.testing.assert_array_equal(*drawn)
    assert not np.array_equal(drawn[0], init.xavier_uniform_(td.zeros(3, 4)).data)


def test_a_weight_without_elements_has_nothing_to_fill():
    for fill in (init.xavier_normal_, init.kaiming_uniform_):
        assert fill(td.zeros(0, 3)).shape == (0, 3)
        assert fill(td.zeros(3, 0)).shape == (3, 0)


def test_kaiming_keeps_the_variance_through_twenty_layers_of_relu():
    """This is its purpose. With PyTorch's default for Linear, almost nothing would be left."""
    rng = np.random.default_rng(0)
    sizes = []
    for fill in (lambda weight: init.kaiming_normal_(weight, rng=rng), lambda weight: weight):
        x = td.Tensor(rng.normal(size=(50, 200)).astype(np.float32))
        for _ in range(20):
            layer = nn.Linear(200, 200, bias=False, rng=rng)
            fill(layer.weight)
            x = layer(x).relu()
        sizes.append(np.square(x.data).mean())
    assert 0.1 < sizes[0] < 10
    assert sizes[1] < 1e-6
