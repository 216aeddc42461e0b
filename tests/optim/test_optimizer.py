"""All optimizers: PyTorch's steps with every option, skipped parameters, and saved states."""

import io

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import nn, optim

OPTIMIZERS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.05}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.05}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.05, "nesterov": True}),
    ("Adam", {}),
    ("Adam", {"lr": 0.01, "betas": (0.5, 0.9)}),
    ("Adam", {"lr": 0.01, "betas": (0.0, 0.99)}),
    ("Adam", {"lr": 0.01, "eps": 0.1}),
    ("Adam", {"lr": 0.01, "weight_decay": 0.1}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.01, "weight_decay": 0.3}),
    ("AdamW", {"lr": 0.01, "weight_decay": 0.0, "betas": (0.8, 0.95), "eps": 1e-3}),
]
each_optimizer = pytest.mark.parametrize(("name", "options"), OPTIMIZERS, ids=lambda value: str(value))
SHAPES = [(3, 4), (4,), (), (2, 0)]
STEPS = 60


def start(dtype: type = np.float64) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [np.asarray(rng.normal(size=shape), dtype=dtype) for shape in SHAPES]


def gradient(step: int, number: int) -> np.ndarray | None:
    """A different gradient at each step; at some steps none."""
    if (step + number) % 7 == 3:
        return None
    return np.asarray(np.random.default_rng([step, number]).normal(size=SHAPES[number]))


def parameters(dtype: type = np.float64) -> list[nn.Parameter]:
    return [nn.Parameter(array.copy()) for array in start(dtype)]


def take_steps(optimizer, params, first: int = 0, last: int = STEPS) -> None:
    for step in range(first, last):
        for number, parameter in enumerate(params):
            grad = gradient(step, number)
            parameter.grad = None if grad is None else grad.astype(parameter.dtype)
        optimizer.step()


@each_optimizer
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-11), (np.float32, 2e-5)], ids=["float64", "float32"])
def test_every_step_is_pytorchs(torch, name, options, dtype, tolerance):
    ours = parameters(dtype)
    theirs = [torch.nn.Parameter(torch.tensor(array)) for array in start(dtype)]
    our_optimizer = getattr(optim, name)(ours, **{"lr": 1e-3, **options})
    their_optimizer = getattr(torch.optim, name)(theirs, **{"lr": 1e-3, **options})
    for step in range(STEPS):
        for number, (our, their) in enumerate(zip(ours, theirs, strict=True)):
            grad = gradient(step, number)
            our.grad = None if grad is None else grad.astype(dtype)
            their.grad = None if grad is None else torch.tensor(grad.astype(dtype))
        our_optimizer.step()
        their_optimizer.step()
        for our, their in zip(ours, theirs, strict=True):
            assert our.dtype == dtype
            np.testing.assert_allclose(our.data, their.detach().numpy(), rtol=tolerance, atol=tolerance)


@each_optimizer
def test_a_parameter_without_a_gradient_is_skipped(name, options):
    """There is no decay and no momentum, so not a bit of it changes."""
    parameter = nn.Parameter(np.array([1.0, -2.0]))
    optimizer = getattr(optim, name)([parameter], **{"lr": 0.1, **options})
    parameter.grad = np.array([0.5, 0.5])
    optimizer.step()
    before = parameter.data.copy()
    optimizer.zero_grad()
    assert parameter.grad is None
    optimizer.step()
    np.testing.assert_array_equal(parameter.data, before)


@each_optimizer
def test_a_step_changes_no_gradient(name, options):
    parameter = nn.Parameter(np.array([1.0, -2.0]))
    grad = np.array([0.5, -0.25])
    parameter.grad = grad
    optimizer = getattr(optim, name)([parameter], **{"lr": 0.1, **options})
    for _ in range(3):
        optimizer.step()
    assert parameter.grad is grad
    np.testing.assert_array_equal(grad, [0.5, -0.25])


@each_optimizer
def test_data_assigned_between_steps_takes_effect(name, options):
    parameter = nn.Parameter(np.array([1.0]))
    optimizer = getattr(optim, name)([parameter], **{"lr": 0.01, **options})
    for _ in range(2):
        parameter.grad = np.array([0.5])
        optimizer.step()
        parameter.data = np.array([100.0])
    assert parameter.item() == 100
    parameter.grad = np.array([0.5])
    optimizer.step()
    assert 98 < parameter.item() < 100


@each_optimizer
def test_a_saved_state_continues_where_it_stopped(name, options):
    """The state goes through np.savez and back: it is a dict of plain arrays, without pickle."""
    straight = parameters()
    take_steps(getattr(optim, name)(straight, **{"lr": 0.1, **options}), straight)

    stopped = parameters()
    optimizer = getattr(optim, name)(stopped, **{"lr": 0.1, **options})
    take_steps(optimizer, stopped, last=STEPS // 2)
    state = optimizer.state_dict()
    assert all(type(key) is str and type(value) is np.ndarray for key, value in state.items())
    file = io.BytesIO()
    np.savez(file, **state)
    file.seek(0)

    resumed = [nn.Parameter(parameter.data.copy()) for parameter in stopped]
    fresh = getattr(optim, name)(resumed, **{"lr": 0.1, **options})
    with np.load(file, allow_pickle=False) as loaded:
        fresh.load_state_dict(dict(loaded))
    take_steps(fresh, resumed, first=STEPS // 2)
    for one, other in zip(straight, resumed, strict=True):
        np.testing.assert_array_equal(one.data, other.data)


@each_optimizer
def test_a_saved_state_is_a_copy(name, options):
    params = parameters()
    optimizer = getattr(optim, name)(params, **{"lr": 0.1, **options})
    take_steps(optimizer, params, last=5)
    state = optimizer.state_dict()
    before = {key: value.copy() for key, value in state.items()}
    take_steps(optimizer, params, first=5, last=10)
    for key, value in state.items():
        np.testing.assert_array_equal(value, before[key])


def test_two_optimizers_over_the_same_parameters_are_independent():
    parameter = nn.Parameter(np.array([1.0]))
    one, two = optim.SGD([parameter], lr=0.1), optim.SGD([parameter], lr=0.01)
    parameter.grad = np.array([1.0])
    one.step()
    two.step()
    assert parameter.item() == pytest.approx(1 - 0.1 - 0.01, rel=1e-15)


def test_the_learning_rate_can_be_changed_during_training():
    parameter = nn.Parameter(np.array([1.0]))
    optimizer = optim.SGD([parameter], lr=0.1)
    parameter.grad = np.array([1.0])
    optimizer.lr = 0.5
    optimizer.step()
    assert parameter.item() == 0.5


def test_a_frozen_parameter_does_not_change():
    frozen, trained = nn.Parameter(np.array([1.0])), nn.Parameter(np.array([1.0]))
    frozen.requires_grad = False
    optimizer = optim.SGD([frozen, trained], lr=0.1, weight_decay=0.5)
    (frozen * trained).sum().backward()
    optimizer.step()
    assert frozen.item() == 1
    assert trained.item() < 1


def test_params_can_come_from_a_generator():
    model = nn.Linear(2, 2)
    optimizer = optim.SGD((parameter for parameter in model.parameters()), lr=0.1)
    before = model.weight.data.copy()
    for _ in range(2):
        optimizer.zero_grad()
        model(td.Tensor([[1.0, 2.0]])).sum().backward()
        optimizer.step()
    np.testing.assert_allclose(model.weight.data, before - 0.2 * np.array([1.0, 2.0]), rtol=1e-6)


def test_a_memory_loaded_for_the_first_step_is_kept():
    """This holds for every number of steps in the state."""
    parameter = nn.Parameter(np.zeros(2))
    optimizer = optim.SGD([parameter], lr=0.1, momentum=0.9)
    state = {**optimizer.state_dict(), "0.step": np.array(0), "0.velocity": np.array([1.0, 2.0])}
    optimizer.load_state_dict(state)
    after = optimizer.state_dict()
    assert after.keys() == state.keys()
    np.testing.assert_array_equal(after["0.velocity"], [1, 2])
    parameter.grad = np.zeros(2)
    optimizer.step()
    np.testing.assert_allclose(parameter.data, [-0.09, -0.18])


def test_one_parameter_can_have_a_memory_and_its_neighbor_none():
    params = [nn.Parameter(np.zeros(2)), nn.Parameter(np.zeros(2))]
    optimizer = optim.SGD(params, lr=1.0, momentum=0.5)
    zero = np.array(0)
    memory = {"0.step": zero, "1.step": zero, "1.velocity": np.array([2.0, 4.0])}
    optimizer.load_state_dict({**optimizer.state_dict(), **memory})
    for parameter in params:
        parameter.grad = np.zeros(2)
    optimizer.step()
    np.testing.assert_array_equal([parameter.data for parameter in params], [[0, 0], [-1, -2]])


@pytest.mark.parametrize(
    ("make", "settings"),
    [
        (lambda params, **settings: optim.SGD(params, **{"lr": 1.0, **settings}),
         {"lr": 0.3, "momentum": 0.7, "weight_decay": 0.2, "nesterov": True}),
        (optim.Adam, {"lr": 0.3, "betas": (0.7, 0.6), "eps": 1e-3, "weight_decay": 0.2}),
        (optim.AdamW, {"lr": 0.3, "betas": (0.7, 0.6), "eps": 1e-3, "weight_decay": 0.2}),
    ],
    ids=["SGD", "Adam", "AdamW"],
)  # fmt: skip
def test_an_optimizer_made_with_other_settings_resumes_with_the_saved_ones(make, settings):
    saved, resumed = [nn.Parameter(np.ones(2))], [nn.Parameter(np.ones(2))]
    state = make(saved, **settings).state_dict()
    other = make(resumed)
    other.load_state_dict(state)
    assert {key: getattr(other, key) for key in other.settings} == settings
    assert {key: type(getattr(other, key)) for key in settings} == {key: type(value) for key, value in settings.items()}


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.3}),
        ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
        ("Adam", {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.3}),
        ("AdamW", {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.3}),
    ],
)
def test_numpy_settings_give_the_same_bits_as_python_settings(name, settings):
    """Otherwise a training run would have other bits after a checkpoint, which has only Python's numbers."""

    def trained(change) -> np.ndarray:
        rng = np.random.default_rng(0)
        parameter = nn.Parameter(rng.normal(size=500).astype(np.float32))
        optimizer = getattr(optim, name)([parameter], **{key: change(value) for key, value in settings.items()})
        for _ in range(10):
            parameter.grad = rng.normal(size=500).astype(np.float32)
            optimizer.step()
        return parameter.data

    as_float64 = trained(lambda value: tuple(map(np.float64, value)) if isinstance(value, tuple) else np.float64(value))
    np.testing.assert_array_equal(as_float64, trained(lambda value: value))


# What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda state: state.pop("1.step"), KeyError, ["SGD", "missing", "1.step"]),
        (lambda state: state.update({"2.velocity": np.zeros(2)}), KeyError, ["SGD", "2.velocity"]),
        (lambda state: state.pop("momentum"), KeyError, ["SGD", "missing", "momentum"]),
        (lambda state: state.update({"1.velocity": np.zeros(3)}), ValueError, ["SGD", "1.velocity", "(2,)", "(3,)"]),
        (lambda state: state.update({"weight_decay": np.array(-1.0)}), ValueError, ["SGD", "weight_decay", "-1.0"]),
        (lambda state: state.update({"momentum": [0.9, 0.9]}), ValueError, ["SGD", "momentum", "number", "[0.9, 0.9]"]),
        (lambda state: state.update({"1.step": -3}), ValueError, ["SGD", '"1.step"', "whole number", "-3"]),
        (lambda state: state.update({"1.step": np.array([1, 2])}), ValueError, ['"1.step"', "whole number", "[1, 2]"]),
        (lambda state: state.update({"1.step": np.nan}), ValueError, ['"1.step"', "whole number", "nan"]),
        (lambda state: state.update({"1.velocity": ["a", "b"]}), ValueError, ['"1.velocity"', "numbers", "<U1"]),
        (lambda state: state.update({"1.velocity": [1j, 2]}), ValueError, ['"1.velocity"', "numbers", "complex128"]),
    ],
    ids=["a key is missing", "an unexpected key", "a setting is missing", "another shape", "a senseless setting",
         "two numbers for one", "steps below 0", "two counts of steps", "no count of steps", "letters", "complex"],
)  # fmt: skip
def test_a_state_that_does_not_fit_is_refused_and_nothing_is_changed(change, error, words):
    params = [nn.Parameter(np.zeros(2)), nn.Parameter(np.zeros(2))]
    optimizer = optim.SGD(params, lr=0.1, momentum=0.9)
    for parameter in params:
        parameter.grad = np.ones(2)
    optimizer.step()
    before = optimizer.state_dict()
    sevens = {"lr": np.array(7.0), "0.step": np.array(7), "1.step": np.array(7), "0.velocity": np.full(2, 7.0)}
    state = {**before, **sevens}
    change(state)
    with pytest.raises(error) as caught:
        optimizer.load_state_dict(state)
    assert [word for word in words if word not in str(caught.value)] == []
    after = optimizer.state_dict()
    assert before.keys() == after.keys()
    for key, value in before.items():
        np.testing.assert_array_equal(value, after[key])


def test_an_optimizer_class_without_an_update_gets_a_clear_error():
    class Idle(optim.Optimizer):
        slots = ()

    parameter = nn.Parameter(np.zeros(2))
    parameter.grad = np.ones(2)
    with pytest.raises(TypeError, match=r"Idle: expected the class to define update"):
        Idle([parameter], lr=0.1).step()


def test_a_result_cannot_be_optimized():
    """Its `.grad` stays None, so every step would silently skip it."""
    w = td.Tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(ValueError, match=r"^SGD: expected leaves, got the result of an operation at index 1"):
        optim.SGD([w, w * 0.1], lr=0.1)


def test_a_state_that_is_not_a_dict_is_refused():
    with pytest.raises(TypeError, match=r"^SGD.load_state_dict: expected a dict, got str; td.load\(path\) reads one"):
        optim.SGD([nn.Parameter(np.zeros(2))], lr=0.1).load_state_dict("run.npz")


def test_only_the_missing_key_is_named():
    optimizer = optim.SGD([nn.Parameter(np.zeros(2)), nn.Parameter(np.zeros(2))], lr=0.1, momentum=0.9)
    state = optimizer.state_dict()  # without velocities, which do not exist before the first step and are not required
    del state["1.step"]
    with pytest.raises(KeyError, match=r"missing \['1\.step'\]"):
        optimizer.load_state_dict(state)
    with pytest.raises(KeyError, match=r"missing \['1\.step'\], unexpected \['2\.step'\]"):
        optimizer.load_state_dict(state | {"2.step": 0})


@pytest.mark.parametrize(
    ("params", "says"),
    [
        (nn.Linear(2, 2).parameters, r"got method; write model\.parameters\(\), with parentheses$"),
        (3, "got int$"),
        (nn.Parameter(np.zeros(2)), "got a single Tensor$"),
        ([np.zeros(2)], r"got \['ndarray'\]$"),
    ],
    ids=["without its parentheses", "a number", "a Tensor", "an array"],
)
def test_params_that_are_not_a_list_of_tensors_are_refused(params, says):
    with pytest.raises(TypeError, match=rf"^SGD: expected a list of Tensors.*{says}"):
        optim.SGD(params, lr=0.1)
