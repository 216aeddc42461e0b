"""Parameter groups: PyTorch's steps with different settings, changed settings, and errors."""

import copy

import numpy as np
import pytest

from tinygrad_dropout import nn, optim

OPTIMIZERS = [
    ("SGD", {"lr": 0.1}, {"weight_decay": 0.1}, {"lr": 0.02}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.3}, {"momentum": 0.9, "nesterov": True}, {"weight_decay": 0.0}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}, {"momentum": 0.5}, {"momentum": 0.0}),
    ("Adam", {"lr": 0.01}, {"betas": (0.5, 0.9), "eps": 0.1}, {"weight_decay": 0.2}),
    ("AdamW", {"lr": 0.01}, {"weight_decay": 0.3}, {"weight_decay": 0.0, "lr": 0.1}),
]
each_optimizer = pytest.mark.parametrize(("name", "shared", "first", "second"), OPTIMIZERS, ids=str)
SHAPES = [(3, 4), (4,), (2, 3), (2,)]


def parameters() -> list[nn.Parameter]:
    rng = np.random.default_rng(0)
    return [nn.Parameter(rng.normal(size=shape)) for shape in SHAPES]


def two_groups(name, shared, first, second, params=None) -> optim.Optimizer:
    """The matrices in the first group, the vectors in the second."""
    params = params or parameters()
    groups = [{"params": params[::2], **first}, {"params": params[1::2], **second}]
    return getattr(optim, name)(groups, **shared)


def take_steps(optimizer, first: int = 0, last: int = 20) -> None:
    for step in range(first, last):
        for number, parameter in enumerate(optimizer.params):
            missed = (step + number) % 7 == 3
            drawn = np.random.default_rng([step, number]).normal(size=parameter.shape)
            parameter.grad = None if missed else drawn
        optimizer.step()


@each_optimizer
def test_every_step_is_pytorchs_even_if_settings_change_during_training(torch, name, shared, first, second):
    ours = parameters()
    theirs = [torch.nn.Parameter(torch.tensor(parameter.data)) for parameter in ours]
    our_optimizer = two_groups(name, shared, first, second, ours)
    groups = [{"params": theirs[::2], **first}, {"params": theirs[1::2], **second}]
    their_optimizer = getattr(torch.optim, name)(groups, **shared)
    for step in range(40):
        for optimizer in (our_optimizer, their_optimizer):
            optimizer.param_groups[1]["lr"] *= 0.9
            optimizer.param_groups[0]["weight_decay"] += 0.01
        for number, (our, their) in enumerate(zip(ours, theirs, strict=True)):
            grad = None if (step + number) % 7 == 3 else np.random.default_rng([step, number]).normal(size=our.shape)
            our.grad, their.grad = grad, None if grad is None else torch.tensor(grad)
        our_optimizer.step()
        their_optimizer.step()
        for our, their in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(our.data, their.detach().numpy(), rtol=1e-11, atol=1e-11)


@each_optimizer
def test_two_groups_step_like_two_optimizers(name, shared, first, second):
    params, expected = parameters(), parameters()
    together = two_groups(name, shared, first, second, params)
    apart = [
        getattr(optim, name)(expected[::2], **{**shared, **first}),
        getattr(optim, name)(expected[1::2], **{**shared, **second}),
    ]
    for _ in range(5):
        for number, pair in enumerate(zip(params, expected, strict=True)):
            for parameter in pair:
                parameter.grad = np.random.default_rng(number).normal(size=parameter.shape)
        for optimizer in (together, *apart):
            optimizer.step()
    for one, other in zip(params, expected, strict=True):
        np.testing.assert_array_equal(one.data, other.data)


@each_optimizer
def test_a_saved_state_continues_with_the_settings_of_every_group(name, shared, first, second):
    straight, stopped = (two_groups(name, shared, first, second) for _ in range(2))
    for optimizer, last in ((straight, 20), (stopped, 10)):
        optimizer.param_groups[1]["lr"] = 0.03
        take_steps(optimizer, last=last)
    params = [nn.Parameter(parameter.data.copy()) for parameter in stopped.params]
    resumed = getattr(optim, name)([{"params": params[:2]}, {"params": params[2:]}], lr=7.0)
    resumed.load_state_dict(stopped.state_dict())
    for group, other in zip(resumed.param_groups, stopped.param_groups, strict=True):
        assert {key: group[key] for key in resumed.settings} == {key: other[key] for key in resumed.settings}
    take_steps(resumed, first=10)
    for one, other in zip(straight.params, resumed.params, strict=True):
        np.testing.assert_array_equal(one.data, other.data)


def test_an_update_rule_is_called_once_for_each_group():
    optimizer = two_groups(*OPTIMIZERS[0])
    sizes, update = [], optimizer.update
    optimizer.update = lambda data, *others: (sizes.append(data.size), update(data, *others))
    for parameter in optimizer.params:
        parameter.grad = np.ones(parameter.shape)
    optimizer.step()
    assert sizes == [18, 6]


@pytest.mark.parametrize("how", ["made with one group", "made with Tensors"])
def test_with_one_group_a_setting_is_an_attribute_and_an_entry_of_the_group(how):
    parameter = nn.Parameter(np.ones(1))
    optimizer = optim.SGD([{"params": [parameter]}] if how == "made with one group" else [parameter], lr=0.1)
    optimizer.lr = 0.5
    assert optimizer.param_groups[0]["lr"] == 0.5
    optimizer.param_groups[0]["lr"] = 0.25
    assert optimizer.lr == 0.25
    parameter.grad = np.ones(1)
    optimizer.step()
    assert parameter.item() == 0.75


def test_with_several_groups_an_attribute_would_be_ambiguous():
    optimizer = two_groups(*OPTIMIZERS[0])
    with pytest.raises(AttributeError, match=r'SGD\.lr: expected one group.*got 2.*param_groups\[0\]\["lr"\]'):
        optimizer.lr = 0.5
    with pytest.raises(AttributeError, match=r"SGD\.momentum: expected one group"):
        optimizer.momentum  # noqa: B018


def test_replacing_a_group_by_another_dict_takes_effect():
    parameter = nn.Parameter(np.ones(1))
    optimizer = optim.SGD([parameter], lr=0.1)
    optimizer.param_groups[0] = {**optimizer.param_groups[0], "lr": 0.5}
    parameter.grad = np.ones(1)
    optimizer.step()
    assert parameter.item() == 0.5


def test_a_groups_params_can_come_from_a_generator_and_a_group_can_be_added_later():
    model, other = nn.Linear(2, 3), nn.Linear(3, 1)
    optimizer = optim.SGD([{"params": model.parameters(), "lr": 1.0}], lr=0.5)
    optimizer.add_param_group({"params": other.parameters(), "weight_decay": 0.1})
    assert [len(group["params"]) for group in optimizer.param_groups] == [2, 2]
    assert [group["lr"] for group in optimizer.param_groups] == [1.0, 0.5]
    assert [group["weight_decay"] for group in optimizer.param_groups] == [0, 0.1]
    for parameter in optimizer.params:
        parameter.data = np.ones(parameter.shape)
        parameter.grad = np.ones(parameter.shape)
    optimizer.step()
    assert [parameter.data.ravel()[0] for parameter in optimizer.params] == pytest.approx([0, 0, 0.45, 0.45])


def test_a_copy_has_its_own_groups():
    optimizer = two_groups(*OPTIMIZERS[1])
    take_steps(optimizer, last=3)
    other = copy.deepcopy(optimizer)
    other.param_groups[0]["lr"] = 9.0
    assert optimizer.param_groups[0]["lr"] == 0.1
    assert other.param_groups[1]["params"] == tuple(other.params[2:])
    take_steps(other, last=1)


def test_repr_shows_the_settings_of_every_group():
    optimizer = two_groups("SGD", {"lr": 0.5}, {"momentum": 0.9}, {})
    assert repr(optimizer) == (
        "SGD(\n  2 parameters, lr=0.5, momentum=0.9, weight_decay=0, nesterov=False\n"
        "  2 parameters, lr=0.5, momentum=0, weight_decay=0, nesterov=False\n)"
    )


# What is refused ------------------------------------------------------------------------------------------------------

ONE, TWO = nn.Parameter(np.ones(1)), nn.Parameter(np.ones(1))


@pytest.mark.parametrize(
    ("groups", "error", "words"),
    [
        ([{"params": [ONE], "weigth_decay": 0.1}], TypeError, "among.*'weight_decay'.*got.*'weigth_decay'"),
        ([{"params": [ONE], "lr": -1.0}], ValueError, "expected lr to be a number of at least 0, got -1.0"),
        ([{"params": [ONE], "nesterov": True}], ValueError, "expected a momentum above 0"),
        ([{"params": [ONE], "lr": (0.1, 0.2)}], ValueError, r"lr to be a number of at least 0, got \(0.1, 0.2\)"),
        ([{"params": [ONE]}, {"params": [ONE]}], ValueError, "expected each parameter once"),
        ([{"params": [ONE]}, {"params": [TWO * 2]}], ValueError, "expected leaves.*at index 0"),
        ([{"params": [ONE]}, TWO], TypeError, "either Tensors or dicts"),
        ([{"lr": 0.1}], TypeError, """expected a group to be a dict with "params" in it, got .'lr'"""),
        ([{"params": ONE}], TypeError, "a single Tensor"),
        ([{"params": []}], ValueError, "expected one or more Tensors"),
        ({"params": [ONE]}, TypeError, "SGD: expected a list of Tensors"),
    ],
    ids=str,
)
def test_groups_that_make_no_sense_are_refused(groups, error, words):
    with pytest.raises(error, match=words):
        optim.SGD(groups, lr=0.1)


def test_a_value_that_is_not_a_group_cannot_be_added():
    optimizer = optim.SGD([ONE], lr=0.1)
    with pytest.raises(TypeError, match=r'SGD: expected a group to be a dict with "params" in it, got list'):
        optimizer.add_param_group([TWO])
    assert len(optimizer.param_groups) == 1


def test_a_state_of_parameters_in_other_groups_is_refused_and_nothing_is_changed():
    params = parameters()
    saved = optim.SGD([{"params": params[:1], "lr": 0.5}, {"params": params[1:]}], lr=0.1).state_dict()
    optimizer = optim.SGD([{"params": params[:3]}, {"params": params[3:]}], lr=0.1)
    with pytest.raises(ValueError, match=r'"param_groups.0.params" to be \[0, 1, 2\], got \[0\]'):
        optimizer.load_state_dict(saved)
    assert [group["lr"] for group in optimizer.param_groups] == [0.1, 0.1]


@pytest.mark.parametrize("number", [1, 3])
def test_a_state_with_another_number_of_groups_is_refused(number):
    params = parameters()
    saved = optim.SGD([{"params": params[:2]}, {"params": params[2:]}], lr=0.1).state_dict()
    groups = [{"params": params[index::number]} for index in range(number)]
    with pytest.raises(KeyError, match="missing"):
        optim.SGD(groups, lr=0.1).load_state_dict(saved)
