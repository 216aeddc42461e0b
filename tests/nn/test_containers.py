"""Sequential calls its modules in order; ModuleList keeps them; both have a length and an index."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import nn

LAYERS = [nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)]
each_container = pytest.mark.parametrize(
    "container", [nn.Sequential(*LAYERS), nn.ModuleList(LAYERS)], ids=lambda container: type(container).__name__
)


@each_container
def test_length_index_and_iteration_work_as_for_a_list(container):
    assert len(container) == 3
    assert [container[0], container[1], container[-1]] == LAYERS
    assert list(container) == LAYERS


@each_container
def test_an_index_beyond_the_end_is_an_index_error(container):
    with pytest.raises(IndexError):
        container[3]


@each_container
def test_the_keys_are_the_indices(container):
    assert list(container.state_dict()) == ["0.weight", "0.bias", "2.weight", "2.bias"]


def test_sequential_is_the_composition_of_its_modules():
    x = td.Tensor(np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32))
    by_hand = LAYERS[2](LAYERS[1](LAYERS[0](x)))
    np.testing.assert_array_equal(nn.Sequential(*LAYERS)(x).data, by_hand.data)


def test_an_empty_sequential_is_the_identity():
    x = td.Tensor([1.0, 2.0])
    np.testing.assert_array_equal(nn.Sequential()(x).data, x.data)


def test_a_part_of_a_sequential_is_a_sequential_over_the_same_layers():
    model = nn.Sequential(*LAYERS)
    part = model[:2]
    assert isinstance(part, nn.Sequential)
    assert list(part) == LAYERS[:2]


def test_a_module_list_can_grow():
    layers = nn.ModuleList()
    layers.append(nn.Linear(1, 1))
    assert len(layers) == 1
    assert [name for name, _ in layers.named_parameters()] == ["0.weight", "0.bias"]


@pytest.mark.parametrize("build", [lambda: nn.Sequential(nn.ReLU(), np.tanh), lambda: nn.ModuleList([nn.ReLU(), 3])])
def test_the_error_for_a_value_that_is_not_a_module_names_its_index(build):
    with pytest.raises(TypeError, match=r"expected modules.*1"):
        build()


def test_a_part_of_a_module_list_is_a_module_list_over_the_same_layers():
    part = nn.ModuleList(LAYERS)[1:]
    assert type(part) is nn.ModuleList
    assert list(part) == LAYERS[1:]
    assert list(part.state_dict()) == ["1.weight", "1.bias"]
