"""Parameters side by side in one flat array: only the time of a step shows it."""

import copy
import pickle

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import nn, optim
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.optim import _flat as flat

RULES = {
    "SGD": lambda params: optim.SGD(params, lr=0.1),
    "SGD with everything": lambda params: optim.SGD(params, 0.1, momentum=0.9, weight_decay=0.05, nesterov=True),
    "SGD with momentum": lambda params: optim.SGD(params, lr=0.1, momentum=0.9),
    "Adam": lambda params: optim.Adam(params, lr=0.1),
    "Adam with weight decay": lambda params: optim.Adam(params, lr=0.1, weight_decay=0.1),
    "AdamW": lambda params: optim.AdamW(params, lr=0.1),
}
each_rule = pytest.mark.parametrize("make", RULES.values(), ids=RULES.keys())
SHAPES = [(3, 4), (4,), (), (2, 3, 2), (1,)]


def parameters(dtype: type = np.float32, shapes: list[tuple[int, ...]] = SHAPES) -> list[nn.Parameter]:
    rng = np.random.default_rng(0)
    return [nn.Parameter(np.asarray(rng.normal(size=shape), dtype=dtype)) for shape in shapes]


def gradient(step: int, number: int, parameter: nn.Parameter) -> np.ndarray:
    """A different gradient at each step for each parameter."""
    return np.asarray(np.random.default_rng([step, number]).normal(size=parameter.shape), dtype=parameter.dtype)


def assert_same_bits(ours: list[nn.Parameter], theirs: list[nn.Parameter]) -> None:
    for our, their in zip(ours, theirs, strict=True):
        assert our.dtype == their.dtype
        np.testing.assert_array_equal(our.data, their.data)


def lengths_updated(optimizer: optim.Optimizer) -> list[int]:
    """A list to which each call of `update` adds how many numbers it updates."""
    lengths = []
    update = optimizer.update

    def counted(data, grad, state, step, settings):
        lengths.append(len(data))
        assert all(len(array) == len(data) for array in (grad, *state.values()))
        update(data, grad, state, step, settings)

    optimizer.update = counted
    return lengths


# Which parameters share a group ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes_and_dtypes", "groups"),
    [
        ([(3, "f4"), (4, "f4"), (0, "f4")], [3]),
        ([(3, "f4"), (4, "f8"), (2, "f8"), (1, "f4")], [1, 2, 1]),
        ([(6, "f4"), (4, "f4"), (1, "f4")], [2, 1]),
        ([(6, "f4"), (5, "f4"), (5, "f4")], [1, 2]),
        ([(11, "f4"), (1, "f4")], [1, 1]),
        ([(1, "f4"), (11, "f4"), (1, "f4")], [1, 1, 1]),
        ([(25, "f4")], [1]),
    ],
    ids=[
        "one dtype",
        "a dtype change begins another group",
        "a full block",
        "one more than a block",
        "a long one is a separate group",
        "a long one between short ones",
        "a single parameter can be longer",
    ],
)
def test_neighbors_of_one_dtype_share_a_group_up_to_the_length_of_a_block(monkeypatch, sizes_and_dtypes, groups):
    monkeypatch.setattr(flat, "BLOCK", 10)
    params = [nn.Parameter(np.zeros(size, dtype)) for size, dtype in sizes_and_dtypes]
    made = flat.group_parameters(params, [0] * len(params), [{}] * len(params))
    assert [len(group.params) for group in made] == groups
    assert [parameter for group in made for parameter in group.params] == params


def test_an_update_rule_is_called_once_for_a_small_network():
    model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 3))
    optimizer = optim.Adam(model.parameters())
    lengths = lengths_updated(optimizer)
    for _ in range(3):
        optimizer.zero_grad()
        model(td.Tensor([[1.0, 2.0]])).sum().backward()
        optimizer.step()
    assert lengths == [sum(parameter.size for parameter in model.parameters())] * 3


def test_if_a_parameter_misses_a_step_its_neighbors_are_still_updated_together():
    params = parameters()
    optimizer = optim.SGD(params, lr=0.1)
    lengths = lengths_updated(optimizer)
    for missing in (None, 0, 2, None):
        for number, parameter in enumerate(params):
            parameter.grad = None if number == missing else np.ones_like(parameter.data)
        optimizer.step()
    first, second, third, *others = (parameter.size for parameter in params)
    all_but_first = [second + third + sum(others)]
    assert lengths == [
        first + sum(all_but_first),
        *all_but_first,
        first,
        second,
        *[sum(others)],
        first,
        second,
        third,
        sum(others),
    ]


def test_a_frozen_parameter_does_not_change_and_its_neighbors_are_still_updated_together():
    array = np.ones(3)
    frozen = nn.Parameter(array)
    frozen.requires_grad = False
    trained = [nn.Parameter(np.ones(size)) for size in (2, 4, 5, 6)]
    optimizer = optim.Adam([*trained[:2], frozen, *trained[2:]])
    lengths = lengths_updated(optimizer)
    for _ in range(2):
        for parameter in trained:
            parameter.grad = np.ones_like(parameter.data)
        optimizer.step()
    assert lengths == [6, 11, 6, 11]
    assert frozen.data is array


def test_without_any_gradient_nothing_happens():
    params = parameters()
    optimizer = optim.Adam(params)
    lengths = lengths_updated(optimizer)
    optimizer.step()
    assert lengths == []
    remembered = {key: value for key, value in optimizer.state_dict().items() if key not in optimizer.settings}
    assert remembered == {f"{index}.step": 0 for index in range(len(params))}


# The same bits as for separate parameters -----------------------------------------------------------------------------


@each_rule
@pytest.mark.parametrize("size", [10, 11, 20, 37])
def test_a_parameter_longer_than_a_block_is_updated_in_blocks_to_the_same_bits(monkeypatch, make, size):
    monkeypatch.setattr(flat, "BLOCK", 10)
    (parameter,), (expected,) = parameters(shapes=[(size,)]), parameters(shapes=[(size,)])
    optimizer, rule = make([parameter]), make([expected])
    lengths = lengths_updated(optimizer)
    state = {slot: np.zeros(size, np.float32) for slot in rule.slots}
    for step in range(1, 6):
        parameter.grad = gradient(step, 0, parameter)
        optimizer.step()
        rule.update(expected.data, parameter.grad, state, step, rule.param_groups[0])
        assert_same_bits([parameter], [expected])
    assert max(lengths) == 10
    assert sum(lengths) == 5 * size


@each_rule
@pytest.mark.parametrize("block", [flat.BLOCK, 14, 1])
def test_side_by_side_or_separate_the_bits_are_the_same(monkeypatch, make, block):
    """This includes parameters that sometimes have no gradient, so that their numbers of steps differ."""
    monkeypatch.setattr(flat, "BLOCK", block)
    together, separate = parameters(), parameters()
    one, many = make(together), [make([parameter]) for parameter in separate]
    for step in range(12):
        for number, (parameter, other) in enumerate(zip(together, separate, strict=True)):
            missed = step > 3 and (step + number) % 5 == 2
            grad = None if missed else gradient(step, number, parameter)
            parameter.grad, other.grad = grad, grad
        one.step()
        for optimizer in many:
            optimizer.step()
        assert_same_bits(together, separate)
    for number, optimizer in enumerate(many):
        for key, value in optimizer.state_dict().items():
            ours = one.state_dict()[key if key in optimizer.settings else f"{number}{key[1:]}"]
            assert ours.shape == value.shape
            np.testing.assert_array_equal(ours, value)


@each_rule
def test_a_parameter_with_a_late_first_gradient_starts_at_step_one(make):
    """Adam corrects the first steps of each parameter separately."""
    late, expected = nn.Parameter(np.ones(2)), nn.Parameter(np.ones(2))
    early = nn.Parameter(np.ones(3))
    both, separate = make([early, late]), make([expected])
    for step in range(6):
        early.grad = np.ones(3)
        if step >= 3:
            late.grad = expected.grad = np.array([0.5, -2.0])
        both.step()
        separate.step()
    assert_same_bits([late], [expected])


@each_rule
@pytest.mark.parametrize(
    "arranged",
    [np.asfortranarray, lambda grad: np.repeat(grad, 2, axis=-1)[..., ::2], lambda grad: grad[::-1].copy()[::-1]],
    ids=["Fortran order", "every second number", "backwards"],
)
@pytest.mark.parametrize("shapes", [[(3, 4)], [(3, 4), (2, 2, 3), (5,)]], ids=["separate", "together"])
def test_the_memory_layout_of_a_gradient_does_not_matter(make, arranged, shapes):
    params, expected = parameters(shapes=shapes), parameters(shapes=shapes)
    optimizer, other = make(params), make(expected)
    for step in range(3):
        for number, (parameter, plain) in enumerate(zip(params, expected, strict=True)):
            plain.grad = gradient(step, number, plain)
            parameter.grad = arranged(plain.grad)
        if step == 1 and len(params) > 1:  # and then they are updated one by one
            params[-1].grad = expected[-1].grad = None
        optimizer.step()
        other.step()
    assert_same_bits(params, expected)


@each_rule
def test_the_memory_layout_of_data_does_not_matter(make):
    values = np.arange(12.0).reshape(3, 4)
    parameter, expected = nn.Parameter(np.asfortranarray(values)), nn.Parameter(values)
    optimizer, other = make([parameter]), make([expected])
    for step in range(3):
        parameter.grad = expected.grad = gradient(step, 0, expected)
        optimizer.step()
        other.step()
    assert_same_bits([parameter], [expected])


# Ownership of arrays --------------------------------------------------------------------------------------------------


@each_rule
@pytest.mark.parametrize("neighbors", [0, 1])
def test_the_callers_array_is_never_written_to(make, neighbors):
    """This goes for the first array, for one assigned later, and for the one that it replaces."""
    first, later = np.array([1.0, 2.0]), np.array([5.0, 6.0])
    parameter = nn.Parameter(first)
    params = [*(nn.Parameter(np.ones(2)) for _ in range(neighbors)), parameter]
    optimizer = make(params)

    def step() -> None:
        for each in params:
            each.grad = np.ones(2)
        optimizer.step()

    step()
    np.testing.assert_array_equal(first, [1, 2])
    displaced = parameter.data
    values = displaced.copy()
    assert not np.array_equal(values, first)
    parameter.data = later
    step()
    step()
    np.testing.assert_array_equal(later, [5, 6])
    np.testing.assert_array_equal(displaced, values)
    assert not np.array_equal(parameter.data, later)


@each_rule
def test_in_place_changes_of_data_between_steps_take_effect(make):
    """The change can be through `.data`, in whole or in part, and does not affect the neighbors."""
    edited, neighbor = parameters(shapes=[(3,), (2,)])
    (expected,), (undisturbed,) = parameters(shapes=[(3,)]), [nn.Parameter(neighbor.data.copy())]
    optimizer, other = make([edited, neighbor]), make([expected, undisturbed])
    for step in range(4):
        for number, pair in enumerate([(edited, expected), (neighbor, undisturbed)]):
            for parameter in pair:
                parameter.grad = gradient(step, number, parameter)
        optimizer.step()
        other.step()
        edited.data[1:] = [7, step]
        expected.data = np.array([expected.data[0], 7, step], dtype=np.float32)  # a new array instead
        edited.data *= 2
        expected.data = expected.data * 2
        assert_same_bits([edited, neighbor], [expected, undisturbed])


@each_rule
def test_two_optimizers_in_turn_over_the_same_parameters_each_keep_their_own_memory(make):
    shared, expected = parameters(), parameters()
    one, two = make(shared), make(shared[::-1])
    rule = make(expected)
    memories = [[{slot: np.zeros_like(p.data) for slot in rule.slots} for p in expected] for _ in range(2)]
    for step in range(1, 5):
        for optimizer, memory in zip((one, two), memories, strict=True):
            for number, (parameter, other) in enumerate(zip(shared, expected, strict=True)):
                parameter.grad = gradient(step, number, parameter)
                rule.update(other.data, parameter.grad, memory[number], step, rule.param_groups[0])
            optimizer.step()
            assert_same_bits(shared, expected)


@each_rule
@pytest.mark.parametrize("assigned", [0, 1, 2])
def test_a_view_follows_its_parameter_even_if_neighbors_get_new_data(make, assigned):
    params = parameters(shapes=[(2, 2), (3,), (4,)])
    expected = parameters(shapes=[(2, 2), (3,), (4,)])
    optimizer, other = make(params), make(expected)

    def step(number: int) -> None:
        for which, pair in enumerate(zip(params, expected, strict=True)):
            for parameter in pair:
                parameter.grad = gradient(number, which, parameter)
        optimizer.step()
        other.step()

    step(1)
    views = [parameter.detach() for parameter in params]
    displaced = params[assigned].data.copy()
    params[assigned].data = params[assigned].data + 1
    expected[assigned].data += 1
    for number in (2, 3):
        step(number)
        assert_same_bits(params, expected)
        for which, (view, parameter) in enumerate(zip(views, params, strict=True)):
            np.testing.assert_array_equal(view.data, displaced if which == assigned else parameter.data)


# What a rule can do with its arrays -----------------------------------------------------------------------------------


@pytest.mark.parametrize("write", ["in place", "by assignment"])
def test_a_rule_can_write_into_its_state_or_assign_it(write):
    class Sum(optim.Optimizer):
        slots = ("total",)

        def update(self, data, grad, state, step, settings):
            if write == "in place":
                state["total"] += grad
            else:
                state["total"] = state["total"] + grad
            data -= settings["lr"] * state["total"]

    parameter = nn.Parameter(np.zeros(2))
    optimizer = Sum([parameter], lr=1.0)
    for _ in range(3):
        parameter.grad = np.array([1.0, 2.0])
        optimizer.step()
    np.testing.assert_array_equal(optimizer.state_dict()["0.total"], [3, 6])
    np.testing.assert_array_equal(parameter.data, [-6, -12])


def test_a_rule_that_stores_an_array_without_a_slot_is_refused():
    class Forgetful(optim.Optimizer):
        slots = ()

        def update(self, data, grad, state, step, settings):
            state["total"] = grad

    parameter = nn.Parameter(np.zeros(2))
    parameter.grad = np.ones(2)
    with pytest.raises(KeyError, match="total"):
        Forgetful([parameter], lr=1.0).step()


# Another dtype, another shape -----------------------------------------------------------------------------------------


@each_rule
def test_a_model_made_double_during_training_continues_with_the_optimizers_memory(make):
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    optimizer = make(model.parameters())
    params = list(model.parameters())

    def steps(first: int, last: int) -> None:
        for step in range(first, last):
            for number, parameter in enumerate(params):
                parameter.grad = gradient(step, number, parameter)
            params[1].grad = params[1].grad if step % 2 else None  # different numbers of steps are kept, too
            optimizer.step()

    steps(0, 4)
    model.double()
    expected = [nn.Parameter(parameter.data.copy()) for parameter in params]
    other = make(expected)
    other.load_state_dict(optimizer.state_dict())
    steps(4, 8)
    for step in range(4, 8):
        for number, parameter in enumerate(expected):
            parameter.grad = gradient(step, number, parameter)
        expected[1].grad = expected[1].grad if step % 2 else None
        other.step()
    assert all(parameter.dtype == np.float64 for parameter in params)
    assert_same_bits(params, expected)
    assert all(value.dtype == np.float64 for key, value in optimizer.state_dict().items() if "_moment" in key)
    assert [optimizer.state_dict()[f"{number}.step"] for number in range(4)] == [8, 4, 8, 8]


@each_rule
def test_neighbors_can_get_different_dtypes_together(make):
    params = parameters(shapes=[(2,), (3,)])
    optimizer = make(params)
    for step, dtype in enumerate([np.float32, np.float32, np.float64]):
        params[0].data, params[1].data = params[0].data.astype(dtype), params[1].data.copy()
        for number, parameter in enumerate(params):
            parameter.grad = gradient(step, number, parameter)
        optimizer.step()
    assert [parameter.dtype for parameter in params] == [np.float64, np.float32]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_data_that_does_not_fit_the_memory_is_refused_before_anything_changes(dtype):
    first, second = nn.Parameter(np.ones(2)), nn.Parameter(np.ones((2, 3)))
    second.name = "output weight"
    optimizer = optim.SGD([first, second], lr=0.1, momentum=0.9)
    for shape in ((2, 3), (3, 2)):
        second.data = np.ones(shape, dtype if shape == (3, 2) else np.float64)
        first.grad, second.grad = np.ones(2), np.ones(shape)
        if shape == (2, 3):
            optimizer.step()
            before = first.data.copy()
    with pytest.raises(ShapeError, match=r'SGD\.step: .*parameter 1 \("output weight"\).*\(2, 3\).*\(3, 2\)'):
        optimizer.step()
    np.testing.assert_array_equal(first.data, before)
    np.testing.assert_array_equal(second.data, np.ones((3, 2)))
    assert optimizer.state_dict()["0.step"] == 1


@pytest.mark.parametrize("steps", [0, 1])
def test_data_that_does_not_fit_the_gradient_is_refused(steps):
    parameter = nn.Parameter(np.ones((3, 2)))
    optimizer = optim.Adam([parameter])
    for _ in range(steps):
        parameter.grad = np.ones((3, 2))
        optimizer.step()
    parameter.data = np.ones((2, 3))
    parameter.grad = np.ones((2, 3))
    parameter.data = np.ones((3, 2))
    with pytest.raises(ShapeError, match=r"Adam\.step: .*parameter 0 .*\(2, 3\) of its gradient.*\(3, 2\)"):
        optimizer.step()


@each_rule
def test_before_the_first_step_data_can_get_another_shape(make):
    params, expected = parameters(shapes=[(2,), (3,)]), parameters(shapes=[(2,), (2, 2)])
    optimizer, other = make(params), make(expected)
    params[1].data = expected[1].data.copy()
    for step in range(3):
        for number, pair in enumerate(zip(params, expected, strict=True)):
            for parameter in pair:
                parameter.grad = gradient(step, number, parameter)
        optimizer.step()
        other.step()
    assert_same_bits(params, expected)


@each_rule
@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda pair: pickle.loads(pickle.dumps(pair))], ids=["deepcopy", "pickle"]
)
def test_a_copy_of_a_model_and_its_optimizer_continues_like_the_original(make, copied):
    model = nn.Linear(2, 2)
    pair = model, make(model.parameters())

    def step(model, optimizer):
        for parameter in model.parameters():
            parameter.grad = np.ones_like(parameter.data)
        optimizer.step()

    step(*pair)
    twin = copied(pair)
    before = twin[0].weight.data.copy()
    step(*pair)
    step(*twin)
    assert not np.array_equal(twin[0].weight.data, before)
    assert_same_bits(list(model.parameters()), list(twin[0].parameters()))


def test_parameters_without_any_gradient_keep_their_array():
    array = np.ones(3)
    parameter = nn.Parameter(array)
    optim.Adam([parameter]).step()
    assert parameter.data is array
