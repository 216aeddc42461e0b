"""A tab's training: which changes start over, which take effect at once, and the list of changes."""

import numpy as np
import pytest

from tinygrad_dropout.play.settings import SettingError, Settings
from tinygrad_dropout.play.training import Training

SMALL = Settings(width=4, points=20, batch_size=8)


def weights(training):
    return {name: model.state_dict()["1.weight"].copy() for name, model in training.networks.models.items()}


@pytest.fixture
def training():
    training = Training(SMALL)
    training.train(5)
    return training


@pytest.mark.parametrize("change", [{"p": 0.1}, {"input_p": 0.5}, {"lr": 0.1}, {"weight_decay": 0.1}, {"batch_size": 3},
                                    {"optimizer": "sgd"}, {"scaling": "test"}, {"p": 0.1, "lr": 0.1}])  # fmt: skip
def test_after_a_change_of_the_training_settings_training_continues_and_lists_it(training, change):
    networks = training.networks
    assert training.change(change) is False
    assert training.networks is networks
    assert training.steps == 5
    assert training.changes == [(5, name, value) for name, value in change.items()]
    assert training.settings == SMALL.changed(change)
    assert training.started_with == SMALL


@pytest.mark.parametrize("change", [{"data": "circles"}, {"points": 30}, {"noise": 0.1}, {"label_noise": 0.3},
                                    {"width": 5}, {"depth": 1}, {"seed": 1}, {"seed": 1, "p": 0.1}])  # fmt: skip
def test_a_change_of_the_points_or_the_layers_starts_over(training, change):
    training.change({"p": 0.2})
    assert training.change(change) is True
    assert (training.steps, training.changes, training.last) == (0, [], {})
    assert training.started_with == training.settings == SMALL.changed({"p": 0.2, **change})
    afresh = Training(training.settings)
    for field in ("x_train", "y_train", "x_test", "y_test"):
        np.testing.assert_array_equal(getattr(training.points, field), getattr(afresh.points, field))
    training.train(2)
    afresh.train(2)
    assert training.networks.losses == afresh.networks.losses


def test_setting_the_same_value_changes_nothing(training):
    assert training.change({"p": SMALL.p, "width": SMALL.width}) is False
    assert training.changes == []
    assert training.steps == 5


def test_a_change_before_the_first_step_is_an_initial_setting():
    training = Training(SMALL)
    training.change({"p": 0.2})
    assert training.changes == []
    assert training.started_with.p == 0.2


def test_an_invalid_change_changes_nothing(training):
    with pytest.raises(SettingError):
        training.change({"lr": 0.5, "p": 7})
    assert training.settings == SMALL
    assert training.networks.optimizers["with"].lr == SMALL.lr


def test_a_reset_repeats_the_training_with_the_current_settings(training):
    training.change({"p": 0.2})
    training.reset()
    training.train(5)
    other = Training(SMALL.changed({"p": 0.2}))
    other.train(5)
    for name in ("without", "with"):
        np.testing.assert_array_equal(weights(training)[name], weights(other)[name])


def test_many_steps_at_once_equal_single_steps(training):
    for _ in range(3):
        training.train(1)
    other = Training(SMALL)
    other.train(8)
    assert training.steps == other.steps == 8
    np.testing.assert_array_equal(weights(training)["with"], weights(other)["with"])


def test_training_stops_when_its_time_is_up_but_makes_at_least_one_step():
    training = Training(SMALL)
    training.train(1000, seconds=0)
    assert training.steps == 1
    assert set(training.last) == {"without", "with"}


def test_training_needs_three_drawn_points():
    training = Training(Settings(data="drawn", drawn=((0.0, 0.0, 0), (1.0, 1.0, 1))))
    training.train(3)
    assert (training.networks, training.steps) == (None, 0)
    assert training.change({"drawn": [[0, 0, 0], [1, 1, 1], [1, 0, 1]]}) is True
    training.train(3)
    assert training.steps == 3


def test_the_step_at_which_a_network_diverges_is_recorded():
    training = Training(SMALL.changed({"optimizer": "sgd", "lr": 10, "weight_decay": 1, "depth": 4, "width": 64}))
    training.train(300)
    assert training.diverged
    first = dict(training.diverged)
    assert all(1 < step < 300 for step in first.values())
    training.train(20)
    assert {name: training.diverged[name] for name in first} == first
    training.reset()
    assert training.diverged == {}
