"""Module: which members it finds, their keys, and state_dicts that move to PyTorch and back."""

import io
import re
from collections import OrderedDict, UserDict, UserList, deque, namedtuple
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import nn


class Everywhere(nn.Module):
    """Submodules and parameters in every place that can hold them."""

    def __init__(self):
        self.layer = nn.Linear(2, 3)
        self.scale = nn.Parameter(np.ones(3))
        self.in_list = [nn.Linear(3, 3), nn.Dropout(0.5)]
        self.in_tuple = (nn.Dropout(0.5), nn.Parameter(np.zeros(1)))
        self.in_dict = {"first": nn.Linear(3, 1, bias=False), "deeper": {"inside": [nn.Dropout(0.5)]}}
        self.nested = [[nn.Dropout(0.5)], ({"a": nn.Sequential(nn.Linear(1, 1), nn.Dropout(0.5))},)]
        self.not_a_parameter = td.Tensor([1.0], requires_grad=True)
        self.nothing = None


def mlp() -> nn.Sequential:
    return nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Dropout(0.5), nn.Linear(5, 3))


def torch_mlp(torch):
    layers = torch.nn
    return layers.Sequential(layers.Linear(4, 5), layers.ReLU(), layers.Dropout(0.5), layers.Linear(5, 3))


# What is found --------------------------------------------------------------------------------------------------------


def test_parameters_are_found_in_attributes_lists_tuples_and_dicts_nested_too():
    assert [name for name, _ in Everywhere().named_parameters()] == [
        "layer.weight",
        "layer.bias",
        "scale",
        "in_list.0.weight",
        "in_list.0.bias",
        "in_tuple.1",
        "in_dict.first.weight",
        "nested.1.0.a.0.weight",
        "nested.1.0.a.0.bias",
    ]


def test_modules_are_found_in_the_same_places():
    names = dict(Everywhere().named_modules())
    assert {name for name, module in names.items() if isinstance(module, nn.Dropout)} == {
        "in_list.1",
        "in_tuple.0",
        "in_dict.deeper.inside.0",
        "nested.0.0",
        "nested.1.0.a.1",
    }
    assert isinstance(names[""], Everywhere)


def test_named_and_unnamed_iterators_agree():
    model = Everywhere()
    assert list(model.parameters()) == [parameter for _, parameter in model.named_parameters()]
    assert list(model.modules()) == [module for _, module in model.named_modules()]


def test_children_are_the_modules_directly_below():
    model = nn.Sequential(nn.Sequential(nn.ReLU()), nn.Tanh())
    assert list(model.children()) == [model[0], model[1]]


def test_a_layer_assigned_later_is_found_and_a_deleted_one_is_not():
    model = nn.Sequential()
    model.head = nn.Linear(2, 2)
    assert len(list(model.parameters())) == 2
    del model.head
    assert list(model.parameters()) == []


def test_a_subclass_does_not_have_to_call_super_init():
    class Plain(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(2, 1)

        def forward(self, x):
            return self.layer(x)

    model = Plain()
    assert model.training
    assert model(td.Tensor([[1.0, 2.0]])).shape == (1, 1)
    assert len(list(model.parameters())) == 2


def test_a_parameter_used_twice_is_one_parameter():
    model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    model[1].weight = model[0].weight
    assert len(list(model.parameters())) == 3
    model(td.Tensor(np.ones((2, 3), dtype=np.float32))).sum().backward()
    assert model[0].weight.grad is model[1].weight.grad


def test_a_module_used_twice_is_one_module():
    shared = nn.Linear(3, 3)
    model = nn.Sequential(shared, nn.ReLU(), shared)
    assert len(list(model.parameters())) == 2
    assert sum(module is shared for module in model.modules()) == 1


# train and eval -------------------------------------------------------------------------------------------------------


def test_train_and_eval_reach_every_module():
    """Seen in smolgrad and PyDyNet: eval() never reached children, or missed layers in a plain list."""
    model = Everywhere()
    assert model.eval() is model
    assert [module.training for module in model.modules()] == [False] * len(list(model.modules()))
    assert model.train() is model
    assert all(module.training for module in model.modules())
    model.train(False)
    assert not any(module.training for module in model.modules())


# Conversion and zero_grad ---------------------------------------------------------------------------------------------


def test_float_and_double_convert_every_parameter():
    model = mlp()
    assert model.double() is model
    assert {parameter.dtype for parameter in model.parameters()} == {np.dtype(np.float64)}
    assert model(td.Tensor(np.ones((2, 4)))).dtype == np.float64
    assert model.float() is model
    assert {parameter.dtype for parameter in model.parameters()} == {np.dtype(np.float32)}


def test_zero_grad_clears_every_parameter():
    model = mlp()
    model(td.Tensor(np.ones((2, 4), dtype=np.float32))).sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())
    model.zero_grad()
    assert all(parameter.grad is None for parameter in model.parameters())


def test_repr_shows_the_layers_and_their_settings():
    text = repr(mlp())
    for part in ("Sequential", "Linear(4 -> 5)", "ReLU()", "Dropout(p=0.5)", "Linear(5 -> 3)"):
        assert part in text


# state_dict -----------------------------------------------------------------------------------------------------------


def test_a_state_dict_is_a_plain_dict_of_arrays():
    state = mlp().state_dict()
    assert type(state) is dict
    assert {type(array) for array in state.values()} == {np.ndarray}


def test_a_state_dict_has_pytorchs_keys_and_shapes(torch):
    ours, theirs = mlp().state_dict(), torch_mlp(torch).state_dict()
    assert {key: array.shape for key, array in ours.items()} == {
        key: tuple(tensor.shape) for key, tensor in theirs.items()
    }


def test_a_state_dict_moves_to_pytorch_and_back(torch):
    ours, theirs = mlp(), torch_mlp(torch)
    x = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)

    def outputs():
        return ours.eval()(td.Tensor(x)).data, theirs.eval()(torch.tensor(x)).detach().numpy()

    theirs.load_state_dict({key: torch.tensor(array) for key, array in ours.state_dict().items()})
    np.testing.assert_allclose(*outputs(), rtol=1e-5, atol=1e-6)
    torch.manual_seed(0)
    theirs = torch_mlp(torch)
    ours.load_state_dict({key: tensor.numpy() for key, tensor in theirs.state_dict().items()})
    np.testing.assert_allclose(*outputs(), rtol=1e-5, atol=1e-6)


def test_a_state_dict_survives_savez():
    saved, loaded = Everywhere(), Everywhere()
    file = io.BytesIO()
    np.savez(file, **saved.state_dict())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        loaded.load_state_dict(arrays)
    for one, other in zip(saved.parameters(), loaded.parameters(), strict=True):
        np.testing.assert_array_equal(one.data, other.data)


def test_a_state_dict_is_a_copy_and_loading_copies():
    model = nn.Linear(2, 2)
    state = model.state_dict()
    before = state["weight"].copy()
    model.weight.data[:] = 7
    np.testing.assert_array_equal(state["weight"], before)
    model.load_state_dict(state)
    state["weight"][:] = 9
    np.testing.assert_array_equal(model.weight.data, before)


def test_loading_casts_to_the_parameters_dtype():
    model = nn.Linear(2, 2)
    model.load_state_dict({key: array.astype(np.float64) for key, array in model.state_dict().items()})
    assert model.weight.dtype == np.float32


def test_a_frozen_parameter_stays_in_the_state_dict():
    model = nn.Linear(2, 2)
    model.weight.requires_grad = False
    model.mean = nn.Parameter(np.zeros(2), requires_grad=False)
    assert set(model.state_dict()) == {"weight", "bias", "mean"}
    assert not model.mean.requires_grad


def test_tied_parameters_are_saved_under_each_name_as_in_pytorch(torch):
    ours, theirs = mlp(), torch_mlp(torch)
    for model in (ours, theirs):
        model.again = model[0]
    assert set(ours.state_dict()) == set(theirs.state_dict())


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda state: state.pop("0.bias"), r"missing.*0\.bias"),
        (lambda state: state.update(extra=np.zeros(1)), "extra"),
        (lambda state: state.update({"0.weight": np.zeros((4, 5))}), r"0\.weight.*\(5, 4\).*\(4, 5\)"),
        (
            lambda state: state.update({"3.bias": ["a", "b", "c"]}),
            '"3.bias" to hold numbers, .*dtype <U1',
        ),
        (lambda state: state.update({"3.bias": np.zeros(3, complex)}), '"3.bias" to hold numbers, .*dtype complex128'),
    ],
    ids=["a key is missing", "a key too many", "a wrong shape", "letters", "complex numbers"],
)
def test_the_error_for_a_state_dict_that_does_not_fit_names_the_key_and_nothing_changes(spoil, named):
    model = mlp()
    before = model.state_dict()
    other = {key: array + 1 for key, array in before.items()}
    spoil(other)
    with pytest.raises((KeyError, ValueError, TypeError), match=named):
        model.load_state_dict(other)
    for key, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[key])


def test_without_strict_the_keys_that_fit_are_loaded():
    model = mlp()
    bias = np.full(3, 7.0)
    model.load_state_dict({"3.bias": bias, "extra": bias}, strict=False)
    np.testing.assert_array_equal(model[3].bias.data, bias)


# Errors name the place ------------------------------------------------------------------------------------------------


class Classifier(nn.Module):
    def __init__(self):
        self.encoder = nn.Sequential(nn.Linear(3, 3), nn.ReLU(), nn.Linear(5, 4))
        self.heads = {"main": [nn.Linear(9, 1)]}

    def forward(self, x):
        return self.encoder(x)


X = td.Tensor(np.zeros((2, 3), dtype=np.float32))
COMPLAINT = "expected the last axis to be 5, got an input of shape (2, 3)"


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (nn.Linear(5, 4), f"Linear(5 -> 4): {COMPLAINT}"),
        (nn.Sequential(nn.Linear(3, 3), nn.ReLU(), nn.Linear(5, 4)), f'Linear(5 -> 4) at "2": {COMPLAINT}'),
        (Classifier(), f'Linear(5 -> 4) at "encoder.2": {COMPLAINT}'),
        (nn.Sequential(nn.ReLU(), Classifier()), f'Linear(5 -> 4) at "1.encoder.2": {COMPLAINT}'),
    ],
    ids=["alone", "in a container", "nested", "nested deeper"],
)
def test_the_error_for_an_input_that_does_not_fit_names_the_layer_and_its_key(model, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        model(X)
    assert str(caught.value) == message


def test_a_layer_in_a_dict_is_named_by_its_key():
    class Heads(Classifier):
        def forward(self, x):
            return self.heads["main"][0](x)

    with pytest.raises(ValueError, match=r'at "heads\.main\.0"'):
        Heads()(X)


def test_a_module_without_a_forward_says_so():
    with pytest.raises((NotImplementedError, TypeError), match="forward"):
        nn.Module()(X)


def test_double_does_not_change_integer_parameters():
    model = Everywhere()
    model.table = nn.Parameter(np.arange(3), requires_grad=False)
    assert model.double().table.dtype == np.int64
    assert model.scale.dtype == np.float64


def test_a_module_that_refers_to_its_parent_is_visited_once():
    child = nn.Sequential(nn.Linear(2, 2, bias=False))
    parent = nn.Sequential(child)
    child.parent = parent
    assert list(parent.state_dict()) == ["0.0.weight"]
    assert "..." in repr(parent)


def test_a_module_that_compares_by_value_is_found():
    @dataclass
    class Scaled(nn.Module):
        scale: float
        layer: nn.Module

    model = Scaled(2.0, nn.Linear(1, 1))
    assert not model.eval().layer.training


def test_an_error_in_your_own_forward_names_the_operation():
    class Adds(nn.Module):
        def forward(self, x):
            return x + np.ones(3)

    with pytest.raises(td.ShapeError, match=r'^Adds at "1": add: expected shapes that broadcast.*\(4, 2\) and \(3,\)'):
        nn.Sequential(nn.ReLU(), Adds())(td.Tensor(np.ones((4, 2))))


# Every place for a parameter ------------------------------------------------------------------------------------------


class Slotted(nn.Module):
    __slots__ = ("__hidden", "empty", "weight")

    def __init__(self):
        self.weight = nn.Parameter([1.0])
        self.__hidden = nn.Parameter([2.0])


class OnTheClass(nn.Module):
    layer = nn.Linear(1, 1)
    scale = nn.Parameter([1.0])


PLACES = {
    "a deque": (lambda held: deque([held]), "kept.0"),
    "a dict in a list": (lambda held: [{"a": held}], "kept.0.a"),
    "an ordered dict": (lambda held: OrderedDict(a=held), "kept.a"),
    "a user dict": (lambda held: UserDict(a=[held]), "kept.a.0"),
    "a user list": (lambda held: UserList([held]), "kept.0"),
    "a read-only dict": (lambda held: MappingProxyType({"a": held}), "kept.a"),
    "a named tuple": (lambda held: namedtuple("Pair", "a b")(held, None), "kept.0"),
}


@pytest.mark.parametrize(("keep", "key"), PLACES.values(), ids=PLACES)
def test_a_parameter_is_found_in(keep, key):
    module = nn.Module()
    parameter = nn.Parameter([1.0])
    module.kept = keep(parameter)
    assert list(module.named_parameters()) == [(key, parameter)]
    module.kept = keep(nn.Sequential(nn.Dropout(), nn.Linear(1, 1)))
    assert list(module.state_dict()) == [f"{key}.1.weight", f"{key}.1.bias"]
    assert [below.training for below in module.eval().modules()] == [False] * 4


def test_a_parameter_is_found_in_slots_and_on_the_class():
    assert list(Slotted().state_dict()) == ["_Slotted__hidden", "weight"]
    assert list(OnTheClass().state_dict()) == ["layer.weight", "layer.bias", "scale"]
    module = OnTheClass()
    module.scale = nn.Parameter([5.0])
    assert module.state_dict()["scale"] == [5.0]


@pytest.mark.parametrize("kind", [set, frozenset])
@pytest.mark.parametrize("held", [nn.Parameter([1.0]), nn.ReLU()], ids=["parameter", "module"])
def test_a_set_which_has_no_order_is_an_error(kind, held):
    module = nn.Module()
    module.kept = [kind([held])]
    for ask in (module.parameters, module.state_dict, module.eval):
        with pytest.raises(TypeError, match=rf"expected .* in a list.*got 0, a {kind.__name__}"):
            list(ask())
    module.kept = kind(["a", 1])
    assert module.state_dict() == {}


def test_a_plain_tensor_cannot_replace_a_parameter():
    """`layer.weight = layer.weight - lr * grad` would leave a layer whose weight nothing trains or saves."""
    layer = nn.Linear(2, 1)
    with pytest.raises(TypeError, match=r"^Linear\.weight = \.\.\.: expected a Parameter.*no_grad\(\)"):
        layer.weight = layer.weight - 0.1
    layer.weight = nn.Parameter(layer.weight.data - 0.1)
    layer.bias = None
    layer.cache = td.Tensor([1.0])
    layer.cache = td.Tensor([2.0])
    assert list(layer.state_dict()) == ["weight"]


def test_the_error_names_the_right_one_of_layers_that_compare_equal():
    class ByValue(nn.Linear):
        def __eq__(self, other):
            return isinstance(other, ByValue)

        __hash__ = None

    with pytest.raises(td.ShapeError, match=r'at "1": .*expected the last axis to be 3'):
        nn.Sequential(ByValue(2, 2), ByValue(3, 2))(td.ones(1, 2))


@pytest.mark.parametrize("shape", [(1, 2), (4, 2), (3, 1), (3, 3), (6,), (3, 2, 1)])
def test_a_smaller_or_larger_array_is_refused(shape):
    layer = nn.Linear(2, 3, bias=False)
    with pytest.raises(td.ShapeError, match=r'expected "weight" to have shape \(3, 2\)'):
        layer.load_state_dict({"weight": np.zeros(shape)})


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.bool_], ids=lambda kind: kind.__name__)
def test_integers_keep_their_dtype_when_the_model_is_converted(dtype):
    module = nn.Module()
    module.index = nn.Parameter(np.ones(2, dtype), requires_grad=False)
    assert module.double().float().index.dtype == dtype
