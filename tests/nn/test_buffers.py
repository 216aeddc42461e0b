"""Buffers: a Module finds and saves them like Parameters, but nothing trains them."""

import copy
import pickle

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import nn


class Centered(nn.Module):
    """Subtracts the mean of what it has seen in training mode."""

    def __init__(self, size: int):
        self.scale = nn.Parameter(np.ones(size, np.float32))
        self.mean = nn.Buffer(np.zeros(size, np.float32))
        self.count = nn.Buffer(0)

    def forward(self, x):
        if self.training:
            self.count += 1
            self.mean += (x.data.mean(axis=0) - self.mean) / self.count.item()
        return (x - self.mean) * self.scale


def nested() -> nn.Sequential:
    model = nn.Sequential(Centered(2), nn.Linear(2, 3))
    model.more = [{"a": nn.Buffer([1.0])}]
    return model


def test_buffers_are_found_like_parameters_but_listed_separately():
    model = nested()
    assert [name for name, _ in model.named_buffers()] == ["0.mean", "0.count", "more.0.a"]
    assert list(model.buffers()) == [buffer for _, buffer in model.named_buffers()]
    assert [name for name, _ in model.named_parameters()] == ["0.scale", "1.weight", "1.bias"]
    assert not any(buffer.requires_grad for buffer in model.buffers())


def test_a_shared_buffer_is_one_buffer_under_two_keys():
    model = nn.Sequential(Centered(2), Centered(2))
    model[1].mean = model[0].mean
    assert [name for name, _ in model.named_buffers()] == ["0.mean", "0.count", "1.count"]
    assert {"0.mean", "1.mean"} <= set(model.state_dict())


def test_a_state_dict_holds_buffers_in_order_and_loads_them():
    model, other = nested(), nested()
    model(td.Tensor([[1.0, 2.0], [3.0, 4.0]]))
    state = model.state_dict()
    assert list(state) == ["0.scale", "0.mean", "0.count", "1.weight", "1.bias", "more.0.a"]
    other.load_state_dict({key: array.astype(np.float64) for key, array in state.items()})
    np.testing.assert_array_equal(other[0].mean.data, [2.0, 3.0])
    assert (other[0].mean.dtype, other[0].count.dtype) == (np.float32, np.int64)
    assert (other[0].count.shape, other[0].count.item()) == ((), 1)
    model(td.Tensor([[5.0, 5.0]]))
    np.testing.assert_array_equal(other[0].mean.data, [2.0, 3.0])  # copied, both when saved and when loaded
    np.testing.assert_array_equal(state["0.mean"], [2.0, 3.0])


def test_a_missing_buffer_is_an_error_and_loads_nothing():
    model = nested()
    state = {key: array + 1 for key, array in model.state_dict().items() if key != "0.mean"}
    with pytest.raises(KeyError, match=r"missing \['0\.mean'\]"):
        model.load_state_dict(state)
    assert model[0].count.item() == 0


def test_double_and_float_convert_floating_buffers_only():
    model = nested().double()
    assert [buffer.dtype for buffer in model.buffers()] == [np.float64, np.int64, np.float64]
    assert model(td.Tensor(np.ones((1, 2)))).dtype == np.float64
    assert [buffer.dtype for buffer in model.float().buffers()] == [np.float32, np.int64, np.float32]


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_has_its_own_buffers(copied):
    model = Centered(2)
    other = copied(model)
    assert [type(buffer) for buffer in other.buffers()] == [nn.Buffer, nn.Buffer]
    model(td.Tensor([[1.0, 2.0]]))
    np.testing.assert_array_equal(other.mean.data, [0, 0])
    np.testing.assert_array_equal(model.mean.data, [1, 2])


def test_a_plain_tensor_cannot_replace_a_buffer_nor_a_buffer_a_parameter():
    layer = Centered(2)
    with pytest.raises(
        TypeError, match=r"^Centered\.mean = \.\.\.: expected a Buffer.*got Tensor.*nn\.Buffer\(array\)"
    ):
        layer.mean = layer.mean + 1
    with pytest.raises(TypeError, match=r"^Centered\.scale = \.\.\.: expected a Parameter.*got Buffer"):
        layer.scale = nn.Buffer([1.0, 1.0])
    layer.mean = nn.Buffer([5.0, 5.0])
    assert layer.state_dict()["mean"].tolist() == [5.0, 5.0]


def test_a_set_of_buffers_is_an_error():
    module = nn.Module()
    module.kept = {nn.Buffer([1.0])}
    with pytest.raises(TypeError, match=r"in a list"):
        module.state_dict()


def test_backward_notices_when_a_buffer_it_needs_has_changed():
    layer = Centered(2)
    x = td.Tensor([[1.0, 2.0]], requires_grad=True)
    product = layer.eval()(x) * layer.mean
    layer.train()(x)
    with pytest.raises(RuntimeError, match="changed since"):
        product.sum().backward()


def test_buffers_have_pytorchs_keys(torch):
    ours, theirs = nn.Module(), torch.nn.Module()
    ours.layer = nn.Module()
    theirs.layer = torch.nn.Module()
    ours.layer.mean = nn.Buffer([0.0])
    theirs.layer.mean = torch.nn.Buffer(torch.zeros(1))
    assert list(ours.state_dict()) == list(theirs.state_dict()) == ["layer.mean"]
    assert [name for name, _ in ours.named_buffers()] == [name for name, _ in theirs.named_buffers()]
