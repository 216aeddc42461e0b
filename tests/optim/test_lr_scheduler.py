"""Learning-rate schedules: PyTorch's values over 200 steps, resuming from a saved state, and errors."""

import json
import math

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import nn, optim
from tinygrad_dropout.optim import lr_scheduler

STEPS = 200

SCHEDULES = {
    "StepLR": lambda s, opt: s.StepLR(opt, 7),
    "StepLR with gamma": lambda s, opt: s.StepLR(opt, step_size=1, gamma=0.97),
    "MultiStepLR": lambda s, opt: s.MultiStepLR(opt, [3, 50, 50, 120], gamma=0.5),
    "MultiStepLR at once": lambda s, opt: s.MultiStepLR(opt, [1, 199]),
    "CosineAnnealingLR": lambda s, opt: s.CosineAnnealingLR(opt, 200),
    "CosineAnnealingLR and up again": lambda s, opt: s.CosineAnnealingLR(opt, 30, eta_min=0.01),
    "LinearLR": lambda s, opt: s.LinearLR(opt),
    "LinearLR down": lambda s, opt: s.LinearLR(opt, start_factor=0.9, end_factor=0.1, total_iters=150),
    "LambdaLR": lambda s, opt: s.LambdaLR(opt, lambda step: 1 / (1 + step)),
    "LambdaLR for each group": lambda s, opt: s.LambdaLR(opt, [lambda step: 0.9**step, lambda step: 1.0]),
    "SequentialLR": lambda s, opt: s.SequentialLR(
        opt, [s.LinearLR(opt, 0.1, total_iters=10), s.CosineAnnealingLR(opt, 190, eta_min=1e-3)], [10]
    ),
    "SequentialLR of three": lambda s, opt: s.SequentialLR(
        opt, [s.LinearLR(opt, 0.5, total_iters=20), s.StepLR(opt, 30, 0.5), s.MultiStepLR(opt, [5, 10])], [15, 130]
    ),
}
each_schedule = pytest.mark.parametrize("make", SCHEDULES.values(), ids=SCHEDULES.keys())

PLATEAUS = [
    {},
    {"patience": 2, "factor": 0.5},
    {"mode": "max", "patience": 1, "threshold": 0.1},
    {"patience": 0, "threshold_mode": "abs", "threshold": 0.05, "cooldown": 3},
    {"mode": "max", "threshold_mode": "abs", "threshold": 0.3, "patience": 3, "factor": 0.3},
    {"patience": 1, "min_lr": [0.02, 0.001]},
    {"patience": 1, "factor": 0.9, "eps": 0.003, "min_lr": 0.01},
]


def optimizer() -> optim.Optimizer:
    groups = [{"params": [nn.Parameter(np.ones(2))]}, {"params": [nn.Parameter(np.ones(1))], "lr": 0.4}]
    return optim.SGD(groups, lr=0.1)


def torch_optimizer(torch):
    groups = [
        {"params": [torch.nn.Parameter(torch.ones(2))]},
        {"params": [torch.nn.Parameter(torch.ones(1))], "lr": 0.4},
    ]
    return torch.optim.SGD(groups, lr=0.1)


def lrs(opt) -> list[float]:
    return [group["lr"] for group in opt.param_groups]


@pytest.mark.parametrize(
    ("make", "factors"),
    [
        (lambda s, opt: s.StepLR(opt, 2, 0.5), [1, 1, 0.5, 0.5, 0.25, 0.25]),
        (lambda s, opt: s.StepLR(opt, 1), [1, 0.1, 0.01]),
        (lambda s, opt: s.MultiStepLR(opt, [3, 1, 3], 0.5), [1, 0.5, 0.5, 0.125, 0.125]),
        (lambda s, opt: s.MultiStepLR(opt, [0, 2]), [0.1, 0.1, 0.01]),
        (lambda s, opt: s.CosineAnnealingLR(opt, 3), [1, 0.75, 0.25, 0, 0.25, 0.75, 1]),
        (lambda s, opt: s.LinearLR(opt, 0.25, 0.75, 4), [0.25, 0.375, 0.5, 0.625, 0.75, 0.75]),
        (lambda s, opt: s.LinearLR(opt), [5 / 15, 7 / 15, 9 / 15, 11 / 15, 13 / 15, 1, 1]),
        (lambda s, opt: s.LinearLR(opt, 1.0, 0.0, 1), [1, 0, 0]),
        (lambda s, opt: s.LambdaLR(opt, lambda step: step**2), [0, 1, 4, 9]),
        (
            lambda s, opt: s.SequentialLR(opt, [s.LinearLR(opt, 0.5, 1.0, 2), s.StepLR(opt, 2, 0.5)], [3]),
            [0.5, 0.75, 1, 1, 1, 0.5, 0.5, 0.25],
        ),
        (
            lambda s, opt: s.SequentialLR(
                opt, [s.StepLR(opt, 1, 0.5), s.SequentialLR(opt, [s.StepLR(opt, 9), s.StepLR(opt, 1, 0.2)], [2])], [1]
            ),
            [1, 1, 1, 1, 0.2, 0.04],
        ),
    ],
)
def test_the_learning_rate_follows_the_formula(make, factors):
    opt = optimizer()
    schedule = make(lr_scheduler, opt)
    for factor in factors:
        np.testing.assert_allclose(lrs(opt), [0.1 * factor, 0.4 * factor], rtol=1e-12, atol=1e-16)
        assert schedule.get_last_lr() == lrs(opt)
        schedule.step()


def test_a_cosine_ends_at_eta_min():
    opt = optimizer()
    schedule = lr_scheduler.CosineAnnealingLR(opt, 2, eta_min=0.2)
    for expected in ([0.1, 0.4], [0.15, 0.3], [0.2, 0.2], [0.15, 0.3]):
        np.testing.assert_allclose(lrs(opt), expected, rtol=1e-12)
        schedule.step()


def test_each_group_can_have_its_own_function():
    opt = optimizer()
    lr_scheduler.LambdaLR(opt, (lambda step: 2.0, lambda step: 3.0)).step()
    np.testing.assert_allclose(lrs(opt), [0.2, 1.2], rtol=1e-12)


NAN = math.nan


@pytest.mark.parametrize(
    ("options", "seen", "expected"),
    [
        ({}, [1.0] * 12, [1] * 11 + [0.1]),
        ({"patience": 1}, [3, 3, 3, 3, 3], [1, 1, 0.5, 0.5, 0.25]),
        ({"patience": 1}, [3, 3, 2, 2, 1], [1, 1, 1, 1, 1]),
        ({"patience": 0}, [2, 1.9997, NAN], [1, 1, 0.5]),
        ({"patience": 0}, [2, 1.99985], [1, 0.5]),
        ({"patience": 0}, [2, 1.99975], [1, 1]),
        ({"threshold": 0.25}, [2, 1.5], [1, 0.5]),
        ({"threshold": 0.25}, [2, 1.49, 1.2], [1, 1, 0.5]),
        ({"threshold": 0.25, "threshold_mode": "abs"}, [2, 1.75], [1, 0.5]),
        ({"threshold": 0.25, "threshold_mode": "abs"}, [2, 1.74], [1, 1]),
        ({"threshold": 0.25, "mode": "max"}, [2, 2.5], [1, 0.5]),
        ({"threshold": 0.25, "mode": "max"}, [2, 2.51], [1, 1]),
        ({"threshold": 0.25, "mode": "max", "threshold_mode": "abs"}, [2, 2.25], [1, 0.5]),
        ({"threshold": 0.25, "mode": "max", "threshold_mode": "abs"}, [2, 2.26], [1, 1]),
        ({"cooldown": 2}, [1, 1, 1, 1, 1, 1, 1, 1], [1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125]),
        ({"cooldown": 2}, [5, 5, 1, 1, 1], [1, 0.5, 0.5, 0.5, 0.25]),
        ({"min_lr": 0.3}, [1, 1, 1, 1], [1, 0.5, 0.3, 0.3]),
        ({"factor": 0}, [1, 1], [1, 0]),
        ({"eps": 0.25}, [1, 1, 1], [1, 0.5, 0.5]),
        ({"eps": 0.24}, [1, 1, 1], [1, 0.5, 0.25]),
    ],
    ids=str,
)
def test_on_a_plateau_the_learning_rate_is_lowered(options, seen, expected):
    opt = optim.SGD([nn.Parameter(np.ones(1))], lr=1.0)
    schedule = lr_scheduler.ReduceLROnPlateau(opt, **({"factor": 0.5, "patience": 0, **options} if options else {}))
    assert schedule.get_last_lr() == [1.0]
    for measure, lr in zip(seen, expected, strict=True):
        schedule.step(measure)
        np.testing.assert_allclose(opt.lr, lr, rtol=1e-12)
    assert schedule.last_epoch == len(seen)


def test_a_measure_can_be_a_tensor_of_one_element():
    opt = optimizer()
    schedule = lr_scheduler.ReduceLROnPlateau(opt, patience=0)
    for measure in (td.tensor(1.0), td.tensor([[2.0]]), np.float32(0.5)):
        schedule.step(measure)
    assert lrs(opt) == pytest.approx([0.01, 0.04], rel=1e-12)
    assert schedule.best == 0.5


def test_a_reduction_too_small_to_matter_is_skipped():
    for lr, expected in ((1.05e-8, 1.05e-8), (1.2e-8, 1.2e-9)):
        opt = optim.SGD([nn.Parameter(np.ones(1))], lr=lr)
        schedule = lr_scheduler.ReduceLROnPlateau(opt, patience=0)
        for _ in range(2):
            schedule.step(1.0)
        assert opt.lr == pytest.approx(expected, rel=1e-12)


def measures() -> list[float]:
    """A loss that falls, stagnates, jumps and falls again, with NaN and infinity in between."""
    noise = np.random.default_rng(0).normal(size=STEPS)
    values = [2 * 0.97 ** (step - step % 40) + 0.02 * drawn for step, drawn in enumerate(noise)]
    values[50], values[90] = math.nan, math.inf
    return values


@pytest.mark.filterwarnings("ignore::UserWarning")  # PyTorch warns about the order of calls and the argument of step
@each_schedule
def test_every_learning_rate_is_pytorchs(torch, make):
    ours, theirs = optimizer(), torch_optimizer(torch)
    our_schedule, their_schedule = make(lr_scheduler, ours), make(torch.optim.lr_scheduler, theirs)
    for _ in range(STEPS):
        np.testing.assert_allclose(lrs(ours), lrs(theirs), rtol=1e-11, atol=1e-15)
        np.testing.assert_allclose(our_schedule.get_last_lr(), their_schedule.get_last_lr(), rtol=1e-11, atol=1e-15)
        for each in (theirs, our_schedule, their_schedule):
            each.step()


@pytest.mark.parametrize("options", PLATEAUS, ids=str)
def test_every_reduction_on_a_plateau_is_pytorchs(torch, options):
    ours, theirs = optimizer(), torch_optimizer(torch)
    our_schedule = lr_scheduler.ReduceLROnPlateau(ours, **options)
    their_schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(theirs, **options)
    for measure in measures():
        our_schedule.step(measure)
        their_schedule.step(measure)
        np.testing.assert_allclose(lrs(ours), lrs(theirs), rtol=1e-12)
        assert our_schedule.get_last_lr() == lrs(ours)
    assert lrs(ours) != [0.1, 0.4]


def plateau(s, opt):
    return s.ReduceLROnPlateau(opt, patience=1, cooldown=2, factor=0.5)


@pytest.mark.parametrize("make", [*SCHEDULES.values(), plateau], ids=[*SCHEDULES, "ReduceLROnPlateau"])
@pytest.mark.parametrize("stop", [0, 1, 9, 12, 133])
def test_a_saved_state_continues_where_it_stopped(make, stop):
    """The state goes through JSON, so it must consist of plain numbers and lists."""

    def steps(schedule, opt, first: int, last: int) -> list[list[float]]:
        path = []
        for measure in measures()[first:last]:
            schedule.step(*([measure] if isinstance(schedule, lr_scheduler.ReduceLROnPlateau) else []))
            path.append(lrs(opt))
        return path

    straight, stopped, resumed = optimizer(), optimizer(), optimizer()
    expected = steps(make(lr_scheduler, straight), straight, 0, STEPS)[stop:]
    schedule = make(lr_scheduler, stopped)
    steps(schedule, stopped, 0, stop)
    state, saved = json.loads(json.dumps(schedule.state_dict())), stopped.state_dict()
    for group in resumed.param_groups:
        group["lr"] = 7.0
    again = make(lr_scheduler, resumed)
    resumed.load_state_dict(saved)
    again.load_state_dict(state)
    assert lrs(resumed) == lrs(stopped)
    assert steps(again, resumed, stop, STEPS) == expected


def test_a_saved_state_is_a_copy():
    for make in SCHEDULES.values():
        schedule = make(lr_scheduler, optimizer())
        state = schedule.state_dict()
        before = json.dumps(state)
        for _ in range(20):
            schedule.step()
        assert json.dumps(state) == before
        schedule.load_state_dict(state)
        schedule.step()
        assert json.dumps(state) == before


@each_schedule
def test_a_saved_state_can_be_changed_without_changing_the_schedule(make):
    schedule, other = make(lr_scheduler, optimizer()), make(lr_scheduler, optimizer())
    state = schedule.state_dict()
    other.load_state_dict(state)
    for lists in [state, *state.get("schedulers", [])]:
        for key in ("base_lrs", "last_lrs", "milestones"):
            if key in lists:
                lists[key][:] = [77] * len(lists[key])
    for _ in range(30):
        schedule.step()
        other.step()
    assert max(schedule.get_last_lr() + other.get_last_lr()) < 1
    assert schedule.get_last_lr() == other.get_last_lr()


def test_a_state_that_does_not_fit_changes_nothing_in_a_nested_sequence():
    def made():
        opt = optimizer()
        inner = lr_scheduler.SequentialLR(opt, [lr_scheduler.StepLR(opt, 2), lr_scheduler.StepLR(opt, 3)], [4])
        return lr_scheduler.SequentialLR(opt, [lr_scheduler.StepLR(opt, 1), inner], [2])

    schedule, other = made(), made()
    before = schedule.state_dict()
    for _ in range(7):
        other.step()
    state = other.state_dict()
    schedule.load_state_dict(state)
    assert schedule.state_dict() == state
    schedule.load_state_dict(before)
    state["schedulers"][1]["schedulers"][1]["last_epoch"] = -1
    with pytest.raises(ValueError, match=r'StepLR\.load_state_dict: expected "last_epoch"'):
        schedule.load_state_dict(state)
    assert schedule.state_dict() == before


def test_a_second_schedule_starts_from_the_initial_learning_rate():
    opt = optimizer()
    lr_scheduler.LinearLR(opt, start_factor=0.1)
    assert lr_scheduler.StepLR(opt, 10).get_last_lr() == [0.1, 0.4]


@pytest.mark.parametrize("kind", ["StepLR", "SequentialLR"])
def test_after_a_resume_a_new_schedule_starts_from_the_initial_learning_rate(kind):
    def made(opt):
        schedule = lr_scheduler.StepLR(opt, 1)
        return schedule if kind == "StepLR" else lr_scheduler.SequentialLR(opt, [schedule], [])

    stopped = made(optimizer())
    stopped.step()
    resumed = optim.SGD([{"params": [nn.Parameter(np.ones(1))]} for _ in range(2)], lr=7.0)
    made(resumed).load_state_dict(stopped.state_dict())
    assert lr_scheduler.MultiStepLR(resumed, []).get_last_lr() == [0.1, 0.4]


def test_the_next_step_uses_the_new_learning_rate():
    parameter = nn.Parameter(np.array([1.0]))
    opt = optim.SGD([parameter], lr=0.5)
    schedule = lr_scheduler.StepLR(opt, 1, gamma=0.5)
    for _ in range(2):
        parameter.grad = np.ones(1)
        opt.step()
        schedule.step()
    assert parameter.item() == 1 - 0.5 - 0.25
    assert opt.lr == 0.125


# What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda s, opt: s.StepLR(opt, 0), ValueError, "StepLR: expected step_size to be a number of at least 1, got 0"),
        (lambda s, opt: s.StepLR([0.1], 5), TypeError, "StepLR: expected an optimizer, got list"),
        (lambda s, opt: s.CosineAnnealingLR(opt, 0), ValueError, "T_max"),
        (lambda s, opt: s.LinearLR(opt, start_factor=0), ValueError, "start_factor above 0"),
        (lambda s, opt: s.LinearLR(opt, start_factor=1.5), ValueError, "start_factor above 0 and at most 1, got 1.5"),
        (lambda s, opt: s.LinearLR(opt, end_factor=-0.1), ValueError, "end_factor from 0 to 1, got -0.1"),
        (lambda s, opt: s.LinearLR(opt, end_factor=1.5), ValueError, "end_factor from 0 to 1"),
        (lambda s, opt: s.LinearLR(opt, total_iters=0), ValueError, "total_iters"),
        (
            lambda s, opt: s.LambdaLR(opt, [abs]),
            ValueError,
            r"expected a function, or a list of 2, .*got \[<",
        ),
        (lambda s, opt: s.ReduceLROnPlateau(opt, mode="low"), ValueError, "mode"),
        (lambda s, opt: s.ReduceLROnPlateau(opt, threshold_mode="no"), ValueError, "threshold_mode"),
        (lambda s, opt: s.ReduceLROnPlateau(opt, factor=1.0), ValueError, "factor below 1, got 1.0"),
        (lambda s, opt: s.ReduceLROnPlateau(opt, min_lr=[0.1]), ValueError, r"min_lr to be .*list of 2, .*got \[0.1\]"),
        (lambda s, opt: s.ReduceLROnPlateau(opt, min_lr=["a", "b"]), ValueError, r"min_lr to be .* got \['a', 'b'\]"),
        (lambda s, opt: s.StepLR(opt, 2, gamma="0.1"), ValueError, "gamma to be a number of at least 0, got '0.1'"),
        (lambda s, opt: s.MultiStepLR(opt, [2], gamma=-1), ValueError, "gamma to be a number of at least 0, got -1"),
        (lambda s, opt: s.MultiStepLR(opt, 5), ValueError, "milestones to be whole numbers of at least 0, got 5"),
        (lambda s, opt: s.MultiStepLR(opt, [2.5]), ValueError, r"milestones to be whole numbers .*got \[2.5\]"),
        (
            lambda s, opt: s.SequentialLR(opt, [s.StepLR(opt, 1)] * 2, [-1]),
            ValueError,
            r"milestones to be .*got \[-1\]",
        ),
        (lambda s, opt: s.CosineAnnealingLR(opt, 5, eta_min=None), ValueError, "eta_min to be a number"),
        (lambda s, opt: s.LambdaLR(opt, [abs] * 3), ValueError, "a list of 2, one per group"),
        (lambda s, opt: s.LambdaLR(opt, [abs, 1.0]), ValueError, "a list of 2, one per group"),
        (lambda s, opt: s.LambdaLR(opt, None), ValueError, "expected a function, .* got None"),
        (lambda s, opt: s.LambdaLR(None, abs), TypeError, "LambdaLR: expected an optimizer, got NoneType"),
        (lambda s, opt: s.SequentialLR(opt, [s.StepLR(opt, 1), 2], [3]), ValueError, "got int at index 1"),
        (
            lambda s, opt: s.SequentialLR(opt, [s.StepLR(opt, 1)], [3]),
            ValueError,
            "increasing milestones, one fewer",
        ),
        (lambda s, opt: s.SequentialLR(opt, [s.StepLR(opt, 1)] * 3, [5, 3]), ValueError, "increasing"),
        (
            lambda s, opt: s.SequentialLR(opt, [s.StepLR(opt, 1), s.StepLR(optimizer(), 1)], [3]),
            ValueError,
            "schedules of this optimizer whose .*, got StepLR at index 1",
        ),
        (lambda s, opt: s.LRScheduler(opt), TypeError, "expected the class to define lr_at"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_arguments_that_make_no_sense_are_refused(make, error, words):
    with pytest.raises(error, match=words):
        make(lr_scheduler, optimizer())


def test_the_state_of_another_schedule_or_of_other_groups_is_refused_and_nothing_is_changed():
    opt = optimizer()
    schedule = lr_scheduler.StepLR(opt, 3)
    before = schedule.state_dict()
    with pytest.raises(KeyError, match=r"StepLR.*missing \['gamma', 'step_size'\].*unexpected \['T_max', 'eta_min'\]"):
        schedule.load_state_dict(lr_scheduler.CosineAnnealingLR(optimizer(), 5).state_dict())
    one_group = optim.SGD([nn.Parameter(np.ones(1))], lr=0.3)
    with pytest.raises(
        ValueError, match=r'expected "base_lrs" to be a list of 2 numbers, one for each group, got \[0.3\]'
    ):
        schedule.load_state_dict(lr_scheduler.StepLR(one_group, 3).state_dict())
    assert schedule.state_dict() == before
    assert lrs(opt) == [0.1, 0.4]


@pytest.mark.parametrize(
    ("key", "value"),
    [("base_lrs", None), ("last_lrs", ["x", 1.0]), ("last_lrs", 3), ("last_epoch", -1), ("last_epoch", 1.5)],
)
def test_a_state_with_values_that_are_not_numbers_is_refused_and_nothing_is_changed(key, value):
    for schedule in (lr_scheduler.StepLR(optimizer(), 3), SCHEDULES["SequentialLR"](lr_scheduler, optimizer())):
        before = schedule.state_dict()
        with pytest.raises(ValueError, match=f'LR.load_state_dict: expected "{key}" to be'):
            schedule.load_state_dict({**before, key: value})
        assert schedule.state_dict() == before


def test_a_state_that_is_not_a_dict_is_refused():
    with pytest.raises(TypeError, match=r"StepLR.load_state_dict: expected a dict, got str; td.load\(path\) reads one"):
        lr_scheduler.StepLR(optimizer(), 3).load_state_dict("run.npz")


@pytest.mark.parametrize("make", [*SCHEDULES.values(), plateau], ids=[*SCHEDULES, "ReduceLROnPlateau"])
def test_a_group_added_after_the_schedule_is_an_error(make):
    opt = optimizer()
    schedule = make(lr_scheduler, opt)
    opt.add_param_group({"params": [nn.Parameter(np.ones(1))]})
    with pytest.raises(ValueError, match="expected 2 parameter groups, as when the schedule was made, got 3; make the"):
        schedule.step(*([1.0] if isinstance(schedule, lr_scheduler.ReduceLROnPlateau) else []))


def test_settings_can_be_numpy_numbers_and_learning_rates_are_python_floats():
    opt = optimizer()
    schedule = lr_scheduler.StepLR(opt, np.int64(1), gamma=np.float32(0.5))
    schedule.step()
    assert lrs(opt) == [0.05, 0.2]
    lr_scheduler.MultiStepLR(opt, np.array([2, 3]))
    lr_scheduler.ReduceLROnPlateau(opt, patience=np.int64(1), min_lr=np.array([0.1, 0.2]))
    schedule = lr_scheduler.LambdaLR(opt, lambda step: np.cos(step))
    schedule.step()
    assert [type(lr) for lr in [*lrs(opt), *schedule.get_last_lr()]] == [float] * 4


def test_the_state_of_another_sequence_is_refused():
    opt = optimizer()
    two = SCHEDULES["SequentialLR"](lr_scheduler, opt)
    with pytest.raises(ValueError, match="expected 2 schedules, got 3"):
        two.load_state_dict(SCHEDULES["SequentialLR of three"](lr_scheduler, optimizer()).state_dict())
    with pytest.raises(ValueError, match="expected 2 schedules, got 1"):
        two.load_state_dict(lr_scheduler.SequentialLR(opt, [lr_scheduler.StepLR(opt, 3)], []).state_dict())
