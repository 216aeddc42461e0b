"""The optimisers take PyTorch's steps, with every option, over many steps; max_norm against a direct computation."""

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
    """A different gradient at each step; now and then none at all."""
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


@pytest.mark.parametrize("name", ["Adam", "AdamW"])
def test_the_defaults_are_pytorchs(torch, name):
    ours, theirs = nn.Parameter(np.ones(3)), torch.nn.Parameter(torch.ones(3, dtype=torch.float64))
    our_optimizer, their_optimizer = getattr(optim, name)([ours]), getattr(torch.optim, name)([theirs])
    for _ in range(20):
        ours.grad, theirs.grad = np.array([1.0, -2.0, 0.1]), torch.tensor([1.0, -2.0, 0.1], dtype=torch.float64)
        our_optimizer.step()
        their_optimizer.step()
    np.testing.assert_allclose(ours.data, theirs.detach().numpy(), rtol=1e-12)


@each_optimizer
def test_a_parameter_without_a_gradient_is_skipped(name, options):
    """No decay, no momentum: not a bit of it moves."""
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
def test_a_saved_state_goes_on_where_it_stopped(name, options):
    """Through np.savez and back: a dict of plain arrays, no pickle."""
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


def test_two_optimisers_over_the_same_parameters_each_do_their_own():
    parameter = nn.Parameter(np.array([1.0]))
    one, two = optim.SGD([parameter], lr=0.1), optim.SGD([parameter], lr=0.01)
    parameter.grad = np.array([1.0])
    one.step()
    two.step()
    assert parameter.item() == pytest.approx(1 - 0.1 - 0.01, rel=1e-15)


def test_the_learning_rate_can_be_changed_on_the_way():
    parameter = nn.Parameter(np.array([1.0]))
    optimizer = optim.SGD([parameter], lr=0.1)
    parameter.grad = np.array([1.0])
    optimizer.lr = 0.5
    optimizer.step()
    assert parameter.item() == 0.5


def test_a_frozen_parameter_stays_where_it_is():
    frozen, trained = nn.Parameter(np.array([1.0])), nn.Parameter(np.array([1.0]))
    frozen.requires_grad = False
    optimizer = optim.SGD([frozen, trained], lr=0.1, weight_decay=0.5)
    (frozen * trained).sum().backward()
    optimizer.step()
    assert frozen.item() == 1
    assert trained.item() < 1


def test_params_may_come_from_a_generator():
    model = nn.Linear(2, 2)
    optimizer = optim.SGD((parameter for parameter in model.parameters()), lr=0.1)
    before = model.weight.data.copy()
    for _ in range(2):
        optimizer.zero_grad()
        model(td.Tensor([[1.0, 2.0]])).sum().backward()
        optimizer.step()
    np.testing.assert_allclose(model.weight.data, before - 0.2 * np.array([1.0, 2.0]), rtol=1e-6)


# max_norm -------------------------------------------------------------------------------------------------------------


def rescaled(weight: np.ndarray, c: float) -> np.ndarray:
    """Each unit's incoming vector, one by one, scaled back to norm c where it is longer."""
    out = weight.copy()
    for unit in out:
        norm = np.sqrt((unit**2).sum())
        if norm > c:
            unit *= c / norm
    return out


@pytest.mark.parametrize("shape", [(3, 4), (1, 4), (5, 1), (2, 3, 4), (2, 2, 2, 2)], ids=str)
@pytest.mark.parametrize("c", [0.5, 2.0, 100.0])
def test_max_norm_scales_each_long_incoming_vector_back(shape, c):
    weight = nn.Parameter(np.random.default_rng(0).normal(size=shape))
    expected = rescaled(weight.data, c)
    optim.max_norm([weight], c)
    np.testing.assert_allclose(weight.data, expected, rtol=1e-14)


def test_max_norm_leaves_biases_and_short_vectors_alone():
    long_bias = nn.Parameter(np.array([30.0, 40.0]))
    weight = nn.Parameter(np.array([[0.3, 0.4], [0.0, 0.0], [30.0, 40.0]]))
    optim.max_norm([weight, long_bias], 1.0)
    np.testing.assert_array_equal(long_bias.data, [30.0, 40.0])
    np.testing.assert_array_equal(weight.data[:2], [[0.3, 0.4], [0.0, 0.0]])
    np.testing.assert_allclose(weight.data[2], [0.6, 0.8], rtol=1e-15)


def test_max_norm_keeps_the_dtype_and_records_nothing():
    weight = nn.Parameter(np.full((2, 3), 5.0, dtype=np.float32))
    optim.max_norm([weight], 1)
    assert weight.dtype == np.float32
    assert weight.is_leaf
    assert weight.grad is None


def test_a_momentum_switched_on_later_takes_effect():
    parameter = nn.Parameter(np.array([1.0]))
    optimizer = optim.SGD([parameter], lr=0.1)
    for momentum in (0, 0.9, 0.9):
        optimizer.momentum = momentum
        parameter.grad = np.array([1.0])
        optimizer.step()
    np.testing.assert_allclose(parameter.data, 1 - 0.1 * (1 + 1 + 1.9))


def test_max_norm_keeps_the_dtype_whatever_kind_of_number_c_is():
    parameter = nn.Parameter(np.full((2, 3), 5, dtype=np.float32))
    optim.max_norm([parameter], np.float64(3))
    assert parameter.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(parameter.data, axis=1), 3, rtol=1e-6)
