"""The names of tensors, and the layers that they fold into."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_dropout as td
from tests.study.graphs import programs, record_loss, record_program
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, study
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.study.names import give_layers, give_names
from tinygrad_dropout.study.trace import Pass

often = settings(max_examples=80)


def leaf(*values: float, name: str | None = None) -> td.Tensor:
    return td.Tensor(np.array(values), requires_grad=True, name=name)


def names(recorded: Pass) -> list[str]:
    return [node.name for node in recorded.nodes]


def recorded_backward(loss: td.Tensor) -> Pass:
    """Record backward() in a function that only has the loss, so the names come from its callers."""
    with study.record() as replay:
        loss.backward()
    return replay.passes[0]


# Where names come from ------------------------------------------------------------------------------------------------


def test_variables_give_their_names_to_leaves_and_results():
    weight, x = leaf(1.0, 2.0), td.Tensor(np.array([3.0, 4.0]))
    product = weight * x
    total = product.sum()
    with study.record() as replay:
        total.backward()
    assert names(replay.passes[0]) == ["weight", "x", "product", "total"]


def test_the_innermost_variable_wins():
    outer = leaf(1.0)

    def inner(own: td.Tensor) -> Pass:
        return record_loss(lambda: own * 2.5)

    assert inner(outer).nodes[0].name == "own"


def test_names_come_from_all_callers():
    kept_far_away = leaf(1.0)
    assert recorded_backward((kept_far_away * 2).sum()).nodes[0].name == "kept_far_away"


def test_a_tensors_own_name_comes_first():
    variable = leaf(1.0, name="pixels")
    assert names(record_loss(lambda: (variable * 2).tanh())) == ["pixels", "2", "multiply", "tanh"]


def test_items_of_lists_tuples_and_dicts_are_named_by_index_or_key():
    a_list, a_tuple, a_dict = [leaf(1.0), leaf(2.0)], (leaf(3.0),), {"bias": leaf(4.0), 7: leaf(5.0)}
    tensors = [*a_list, *a_tuple, *a_dict.values()]
    total = sum(tensors[1:], tensors[0])
    del tensors
    found = names(recorded_backward(total))
    assert [name for name in found if "[" in name] == [
        "a_list[0]",
        "a_list[1]",
        "a_tuple[0]",
        "a_dict['bias']",
        "a_dict[7]",
    ]


def test_an_attribute_keeps_its_name():
    class Hand:
        def __init__(self):
            self.weight, self.rate = leaf(1.0), 0.5

        def loss(self) -> Pass:
            return record_loss(lambda: self.weight * self.rate)

    assert names(Hand().loss())[:2] == ["weight", "0.5"]


def test_attributes_with_the_same_name_in_two_objects_get_different_names():
    class Hand:
        def __init__(self):
            self.weight = leaf(1.0)

    one, other = Hand(), Hand()
    assert names(record_loss(lambda: one.weight * other.weight)) == ["weight", "weight_2", "multiply"]


def test_variables_with_a_leading_underscore_name_nothing():
    _hidden = leaf(1.0)
    assert names(record_loss(lambda: _hidden.tanh())) == ["leaf", "tanh"]


def test_parameters_of_a_model_are_named_by_their_keys():
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    x = td.Tensor(np.ones((1, 2), dtype=np.float32))
    recorded = record_loss(lambda: model(x))
    leaves = {node.name for node in recorded.nodes if not node.operation}
    assert leaves == {"x", "0.weight", "0.bias", "2.weight", "2.bias"}


def test_with_two_models_the_names_of_parameters_begin_with_the_models():
    encoder, decoder = nn.Linear(2, 2, bias=False), nn.Linear(2, 1, bias=False)
    x = td.Tensor(np.ones((1, 2), dtype=np.float32))
    recorded = record_loss(lambda: decoder(encoder(x)))
    leaves = {node.name for node in recorded.nodes if not node.operation}
    assert leaves == {"x", "encoder.weight", "decoder.weight"}


def test_models_in_a_list_are_found():
    models = [nn.Linear(2, 2, bias=False), nn.Linear(2, 1, bias=False)]
    x = td.Tensor(np.ones((1, 2), dtype=np.float32))
    recorded = record_loss(lambda: models[1](models[0](x)))
    leaves = {node.name for node in recorded.nodes if not node.operation}
    assert leaves == {"x", "models[0].weight", "models[1].weight"}


def test_a_part_of_a_model_in_a_variable_is_not_a_second_model():
    head = nn.Linear(2, 1, bias=False)
    model = nn.Sequential(nn.Linear(2, 2, bias=False), head)
    x = td.Tensor(np.ones((1, 2), dtype=np.float32))
    recorded = record_loss(lambda: model(x))
    leaves = {node.name for node in recorded.nodes if not node.operation}
    assert leaves == {"x", "0.weight", "1.weight"}


def test_inside_a_models_own_method_its_parameters_have_their_keys():
    class Trained(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(2, 1, bias=False)

        def step(self, x: td.Tensor) -> Pass:
            return record_loss(lambda: self.layer(x))

    found = names(Trained().step(td.Tensor(np.ones((1, 2), dtype=np.float32))))
    assert sorted(found) == ["layer.weight", "linear", "x"]


def test_a_tensor_in_a_module_that_is_not_a_parameter_also_has_a_key():
    class Scaled(nn.Module):
        def __init__(self):
            self.scale = td.Tensor(np.array([2.0, 3.0]))

        def forward(self, x):
            return x * self.scale

    x = leaf(1.0, 2.0)
    model = nn.Sequential(Scaled())
    assert sorted(names(record_loss(lambda: model(x).sum()))) == ["0.scale", "multiply", "sum", "x"]


def test_two_models_with_the_same_variable_name_in_two_functions_are_both_named():
    model = nn.Linear(2, 2, bias=False)

    def inner(x: td.Tensor) -> Pass:
        model = nn.Linear(2, 1, bias=False)
        return record_loss(lambda: model(x))

    hidden = model(td.Tensor(np.ones((1, 2), dtype=np.float32)))
    parameters = [node.name for node in inner(hidden).nodes if not node.operation and node.requires_grad]
    assert len(parameters) == 2
    assert "leaf" not in parameters


class Closed:
    """A proxy for an object that does not exist yet, as in web frameworks: reading its attributes raises."""

    @property
    def __dict__(self):
        raise RuntimeError("there is no request")


class Stranger:
    @property
    def __class__(self):
        raise RuntimeError("there is no request")


@pytest.mark.parametrize("kind", [Closed, Stranger])
def test_a_variable_that_raises_when_inspected_is_skipped(kind):
    request = kind()
    weight = leaf(1.0)
    recorded = record_loss(lambda: weight * 2)
    assert type(request) is kind
    assert recorded.nodes[0].name == "weight"


# Tensors without a name -----------------------------------------------------------------------------------------------


def test_tensors_without_a_name_are_described():
    def loss() -> td.Tensor:
        return (leaf(1.0, 2.0) * 2.5 + np.array([1.0, 2.0])).tanh().sum()

    assert names(record_loss(loss)) == ["leaf", "2.5", "multiply", "input", "add", "tanh", "sum"]


def test_results_of_the_same_operation_are_numbered():
    def loss() -> td.Tensor:
        return leaf(1.0).tanh().tanh().tanh()

    assert names(record_loss(loss)) == ["leaf", "tanh_1", "tanh_2", "tanh_3"]


def test_an_operation_without_a_name_is_a_lambda():
    def loss() -> td.Tensor:
        x = leaf(1.0)
        return record(x.data * 5, (x,), lambda grad, x: (grad * 5,))

    assert names(record_loss(loss))[-1] == "lambda"


DUPLICATES = [
    (["w", "w", "w"], ["w", "w_2", "w_3"]),
    (["w", "v", "w"], ["w", "v", "w_2"]),
    (["w", "w_2", "w"], ["w", "w_2", "w_3"]),
    (["a", "b"], ["a", "b"]),
    ([None, None], ["leaf_1", "leaf_2"]),
    ([None, "leaf_1", None], ["leaf_2", "leaf_1", "leaf_3"]),
    ([None], ["leaf"]),
    ([], []),
]


@pytest.mark.parametrize(("own", "expected"), DUPLICATES)
def test_repeated_names_get_a_number(own, expected):
    assert give_names([leaf(1.0, name=name) for name in own], {}) == expected


def test_a_numbered_name_does_not_collide_with_a_later_name():
    own = [None, None, "leaf_1", "leaf_1"]
    given_names = give_names([leaf(1.0, name=name) for name in own], {})
    assert len(set(given_names)) == 4


NAMES = st.sampled_from([None, "w", "w_1", "w_2", "w_2_2", "w_3", "leaf", "leaf_1", "leaf_2"])


@settings(max_examples=300)
@given(own=st.lists(NAMES, max_size=8), known=st.lists(NAMES, min_size=8, max_size=8))
def test_names_are_unique(own, known):
    tensors = [leaf(1.0, name=name) for name in own]
    from_elsewhere = {tensor: name for tensor, name in zip(tensors, known, strict=False) if name}
    given_names = give_names(tensors, from_elsewhere)
    assert len(set(given_names)) == len(given_names) == len(own)


@often
@given(program=programs())
def test_names_are_unique_in_any_graph(program):
    recorded, _ = record_program(program)
    assert len(set(names(recorded))) == len(recorded.nodes)
    assert all(names(recorded))


# Layers ---------------------------------------------------------------------------------------------------------------


def layers(recorded: Pass) -> dict[str, str]:
    return {node.name: node.layer for node in recorded.nodes}


def folded_edges(recorded: Pass) -> set[tuple[str, str]]:
    """Return the edges that are left when every layer is folded into one box."""
    boxes = [node.layer or f"({index})" for index, node in enumerate(recorded.nodes)]
    edges = {(boxes[parent], boxes[child]) for child, node in enumerate(recorded.nodes) for parent in node.parents}
    return {(parent, child) for parent, child in edges if parent != child}


def has_a_cycle(edges: set[tuple[str, str]]) -> bool:
    """Return whether anything is left after removing all boxes without incoming edges, again and again."""
    while edges:
        without = {parent for parent, _ in edges} - {child for _, child in edges}
        if not without:
            return True
        edges = {(parent, child) for parent, child in edges if parent not in without}
    return False


def test_a_parameter_begins_a_layer_and_the_next_operations_belong_to_it():
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Dropout(0.5), nn.Linear(3, 1))
    x = td.Tensor(np.ones((4, 2), dtype=np.float32))
    recorded = record_loss(lambda: (model(x) ** 2).mean())
    found = layers(recorded)
    assert {name: found[name] for name in ("0.weight", "0.bias", "linear_1", "relu", "dropout")} == dict.fromkeys(
        ["0.weight", "0.bias", "linear_1", "relu", "dropout"], "0"
    )
    assert [found[name] for name in ("3.weight", "3.bias", "linear_2", "power")] == ["3"] * 4
    assert [found[name] for name in ("x", "2", "mean")] == ["", "", ""]


def test_reused_weights_begin_another_layer():
    """The model is a loop over time, as in an RNN."""

    class Cell(nn.Module):
        def __init__(self):
            self.inner, self.step = nn.Linear(2, 2), nn.Linear(2, 2)

        def forward(self, xs):
            h = self.inner(xs[0]).tanh()
            for x in xs[1:]:
                h = (self.inner(x) + self.step(h)).tanh()
            return h

    cell = Cell()
    xs = [td.Tensor(np.ones((1, 2), dtype=np.float32)) for _ in range(3)]
    recorded = record_loss(lambda: (cell(xs) ** 2).mean())
    in_order = list(dict.fromkeys(node.layer for node in recorded.nodes if node.layer and node.operation))
    assert in_order == ["inner", "inner′", "step", "inner′′", "step′"]
    assert layers(recorded)["inner.weight"] == "inner"
    assert layers(recorded)["step.weight"] == "step"
    assert not has_a_cycle(folded_edges(recorded))


def test_a_residual_connection_belongs_to_the_latest_layer():
    first, second = nn.Linear(2, 2), nn.Linear(2, 2)
    x = td.Tensor(np.ones((1, 2), dtype=np.float32))

    def loss() -> td.Tensor:
        h = first(x).relu()
        return ((second(h) + h) * h).sum()

    recorded = record_loss(loss)
    found = layers(recorded)
    assert [found[name] for name in ("linear_1", "relu")] == ["first", "first"]
    assert [found[name] for name in ("linear_2", "add", "multiply", "sum")] == ["second", "second", "second", ""]
    assert folded_edges(recorded) >= {("first", "second")}
    assert not has_a_cycle(folded_edges(recorded))


def test_the_root_and_inputs_belong_to_no_layer():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    x = td.Tensor(np.ones((1, 2), dtype=np.float32))
    recorded = record_loss(lambda: model(x).sum())
    assert [name for name, layer in layers(recorded).items() if not layer] == ["x", "sum"]


def test_an_input_that_requires_a_gradient_belongs_to_no_layer_either():
    model = nn.Sequential(nn.Linear(2, 1))
    pixels = td.Tensor(np.ones((1, 2), dtype=np.float32), requires_grad=True)
    recorded = record_loss(lambda: model(pixels).sum())
    assert layers(recorded) == {"0.weight": "0", "0.bias": "0", "pixels": "", "linear": "0", "sum": ""}


def test_without_a_model_there_are_no_layers():
    w = leaf(1.0)
    assert set(layers(record_loss(lambda: (w * 2).tanh().sum())).values()) == {""}


def test_a_module_outside_any_model_has_no_key_and_is_no_layer():
    layer = nn.Linear(2, 2)
    x = td.Tensor(np.ones((1, 2), dtype=np.float32))
    assert set(layers(record_loss(lambda: layer(layer(x)).sum())).values()) == {""}


def test_a_frozen_layer_is_a_layer_too():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    model[1].weight.requires_grad = model[1].bias.requires_grad = False
    x = td.Tensor(np.ones((1, 2), dtype=np.float32))
    found = layers(record_loss(lambda: model(x).sum()))
    assert [found[name] for name in ("linear_1", "linear_2", "1.weight", "1.bias")] == ["0", "1", "1", "1"]


def test_a_dict_key_with_a_dot_is_no_model():
    params = {"enc.w": leaf(1.0)}
    found = layers(record_loss(lambda: (params["enc.w"] * 2).tanh().sum()))
    assert found == {"params['enc.w']": "", "2": "", "multiply": "", "tanh": "", "sum": ""}


KEYS = ["0.weight", "0.bias", "1.weight", "1.bias", "2.inner.weight", "scale", "x"]


@settings(max_examples=300)
@given(
    data=st.data(),
    operands=st.lists(
        st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS), st.integers(1, 3)), min_size=1, max_size=8
    ),
)
def test_no_layer_depends_on_a_later_one(data, operands):
    """Random operations have one to three operands, chosen from the parameters and the results so far."""
    known = {key: nn.Parameter(np.array(1.0), key != "x") for key in KEYS}
    values = dict(known)

    def loss() -> td.Tensor:
        latest = values["x"]
        for number, (key, other, count) in enumerate(operands):
            pick = data.draw(st.sampled_from([latest, *values.values()]))
            parents = (latest, pick, values[key], values[other])[: 1 + count]
            latest = values[f"result{number}"] = F.stack(parents).sum()
        return latest

    root = loss()
    if root.is_leaf:
        return
    tensors = sorted(behind(root), key=lambda tensor: tensor._number)
    indices = {tensor: index for index, tensor in enumerate(tensors)}
    parents = [tuple(indices[parent] for parent in tensor._parents) for tensor in tensors]
    given_names = give_names(tensors, {tensor: key for key, tensor in known.items()})
    found = give_layers(tensors, given_names, parents)
    boxes = [layer or f"({index})" for index, layer in enumerate(found)]
    edges = {(boxes[parent], boxes[child]) for child, above in enumerate(parents) for parent in above}
    assert found[-1] == ""
    assert not has_a_cycle({(parent, child) for parent, child in edges if parent != child})


def behind(root: td.Tensor) -> set[td.Tensor]:
    found, ahead = {root}, [root]
    while ahead:
        new = set(ahead.pop()._parents) - found
        found |= new
        ahead += new
    return found
