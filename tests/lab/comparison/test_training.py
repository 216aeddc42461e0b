"""One arm: what it learns, and that its random streams do not affect each other."""

from dataclasses import replace

import numpy as np
import pytest

from tests.lab.small import small_config
from tinygrad_dropout import nn, optim
from tinygrad_dropout.lab import LabError, compare
from tinygrad_dropout.lab.comparison import training
from tinygrad_dropout.lab.comparison.arms import Arm, method_of
from tinygrad_dropout.lab.comparison.data import load
from tinygrad_dropout.lab.comparison.epochs import measured_epochs
from tinygrad_dropout.lab.comparison.methods import PLAIN, Method
from tinygrad_dropout.lab.comparison.tasks import Classification, Regression
from tinygrad_dropout.lab.comparison.training import Streams, mlp, train
from tinygrad_dropout.lab.datasets.split import Split
from tinygrad_dropout.lab.datasets.validation import with_validation

DROPOUT = Method("with dropout", p=0.5, input_p=0.2)


def train_small(dropout, *, seed=0, **options):
    config = small_config(**options)
    split = load(config).split(config.train_size, np.random.default_rng(seed))
    if config.early_stopping:
        split = with_validation(split, 2, np.random.default_rng(seed))
    arm = Arm("", dropout, config.early_stopping is not None)
    return train(config, Classification(2), split, Streams.from_seed(seed), method_of(config, arm), lambda: None)


@pytest.mark.parametrize("dropout", [False, True])
def test_an_arm_learns(dropout):
    run = train_small(dropout, train_size=200, hidden=(64, 64), epochs=30, p=0.2, input_p=0)
    assert run.curve[-1]["test_accuracy"] > 0.85
    assert run.curve[-1]["train_loss"] < run.curve[0]["train_loss"]


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("epochs", [1, 3, 30])
def test_a_record_is_kept_of_each_measured_epoch(optimizer, epochs):
    curve = train_small(True, epochs=epochs, optimizer=optimizer).curve
    assert [record["epoch"] for record in curve] == list(measured_epochs(epochs))
    assert list(curve[0]) == [
        "epoch", "train_loss", "train_loss_dropout_on", "train_accuracy", "test_loss", "test_accuracy",
        "test_balanced_accuracy",
    ]  # fmt: skip


@pytest.mark.parametrize("dropout", [False, True])
def test_a_measurement_does_not_depend_on_which_other_epochs_are_measured(monkeypatch, dropout):
    some = train_small(dropout, epochs=30)
    monkeypatch.setattr(training, "measured_epochs", lambda epochs: range(1, epochs + 1))
    every = train_small(dropout, epochs=30)
    assert len(every.curve) == 30
    assert some.curve == [every.curve[epoch - 1] for epoch in measured_epochs(30)]
    assert (some.shared, some.dropped) == (every.shared, every.dropped)


def test_the_two_train_losses_differ_only_with_dropout():
    assert all(record["train_loss"] == record["train_loss_dropout_on"] for record in train_small(False).curve)
    assert all(record["train_loss"] != record["train_loss_dropout_on"] for record in train_small(True).curve)


def test_dropout_changes_no_other_random_numbers():
    shared = [train_small(True, p=p, input_p=input_p).shared for p, input_p in ((0.5, 0.2), (0.1, 0), (0, 0.9))]
    assert shared[0] == shared[1] == shared[2] == train_small(False).shared


def test_every_seed_has_its_own_weights_and_order():
    first, second = train_small(False, seed=0).shared, train_small(False, seed=1).shared
    assert first["updates"] == second["updates"] == 2 * 3
    assert all(first[name] != second[name] for name in ("split", "initial_weights", "order"))


def test_both_arms_have_the_same_layers_with_dropout_at_the_inputs_and_after_every_hidden_layer():
    network = mlp(4, (8, 6), 3, DROPOUT, Streams.from_seed(0))
    assert [layer.p for layer in network.modules() if isinstance(layer, nn.Dropout)] == [0.2, 0.5, 0.5]
    assert [parameter.shape for parameter in network.parameters()] == [(8, 4), (8,), (6, 8), (6,), (3, 6), (3,)]
    without = mlp(4, (8, 6), 3, PLAIN, Streams.from_seed(0))
    assert list(without.state_dict()) == list(network.state_dict())


@pytest.mark.parametrize("batch_size", [8, 20])  # of 20: the only loss of the epoch is from before its only update
def test_a_loss_that_is_not_finite_ends_the_training_with_advice(batch_size):
    with pytest.raises(LabError, match=r"without dropout, .* in epoch 1: try a learning rate below 1e\+30"):
        train_small(False, optimizer="sgd", learning_rate=1e30, batch_size=batch_size)


def test_a_loss_that_is_not_finite_is_detected_between_two_measurements(monkeypatch):
    monkeypatch.setattr(training, "measured_epochs", lambda epochs: (1, epochs))
    with pytest.raises(LabError, match=r"without dropout, the loss was no longer a finite number in epoch [2-9]:"):
        train_small(False, optimizer="sgd", learning_rate=1e6, epochs=1000)


def test_parameters_are_float32():
    assert {parameter.dtype for parameter in mlp(4, (8,), 3, DROPOUT, Streams.from_seed(0)).parameters()} == {
        np.dtype(np.float32)
    }


def test_every_epoch_has_its_own_order_and_both_arms_the_same(monkeypatch):
    drawn, honest = [], training.CountedBatches.__iter__

    def noting(batches):
        drawn.append(list(honest(batches)))
        return iter(drawn[-1])

    monkeypatch.setattr(training.CountedBatches, "__iter__", noting)
    compare(small_config())
    orders = [np.concatenate([x for x, _ in epoch]).tolist() for epoch in drawn[:4]]  # both arms of the first pair
    assert orders[0] != orders[1]
    assert orders[:2] == orders[2:]


def test_the_optimizer_is_the_requested_one():
    model = nn.Linear(2, 2)
    sgd = training.build_optimizer(small_config(optimizer="sgd", learning_rate=0.3), model)
    adam = training.build_optimizer(small_config(learning_rate=0.3), model)
    assert (type(sgd), sgd.lr, sgd.momentum) == (optim.SGD, 0.3, 0.9)
    assert (type(adam), adam.lr) == (optim.Adam, 0.3)


def test_an_epoch_is_measured_after_its_updates():
    run = train_small(False, train_size=400, hidden=(64,), epochs=1, learning_rate=0.01)
    assert run.curve[0]["test_accuracy"] > 0.8


def test_without_early_stopping_the_last_epoch_counts():
    run = train_small(True, epochs=30)
    assert run.epochs == 30
    assert run.final == run.curve[-1]


@pytest.mark.parametrize("dropout", [False, True])
def test_early_stopping_keeps_the_best_epoch_on_the_validation_part(dropout):
    """Whose test figures are those that an ordinary run of as many epochs ends with."""
    options = {"train_size": 100, "hidden": (64,), "learning_rate": 0.02, "early_stopping": "only"}
    run = train_small(dropout, epochs=400, patience=5, **options)
    assert run.epochs == run.final["epoch"] + 5 < 400
    assert [measured["epoch"] for measured in run.curve] == [
        epoch for epoch in measured_epochs(400) if epoch <= run.epochs
    ]
    until_then = train_small(dropout, epochs=run.final["epoch"], patience=400, **options)
    assert until_then.curve[-1] == run.final


def test_early_stopping_that_never_stops_still_keeps_the_best_epoch():
    run = train_small(False, epochs=3, train_size=100, early_stopping="only", learning_rate=0.01)
    assert (run.epochs, run.final["epoch"]) == (3, 3)


def test_with_early_stopping_the_order_is_that_of_the_first_epoch():
    """So that arms which stop at different epochs can be held against each other."""
    orders = [
        train_small(False, epochs=epochs, train_size=100, early_stopping="only").shared["order"] for epochs in (1, 3)
    ]
    assert orders[0] == orders[1]


def test_the_validation_part_decides_when_to_stop_and_the_test_part_does_not():
    config = small_config(epochs=100, train_size=100, hidden=(64,), learning_rate=0.02)
    split = with_validation(load(config).split(100, np.random.default_rng(0)), 2, np.random.default_rng(0))

    def epochs_with(**parts):
        return train(
            config, Classification(2), replace(split, **parts), Streams.from_seed(0), Method(patience=5), lambda: None
        ).epochs

    assert epochs_with(y_test=1 - split.y_test) == epochs_with()
    assert epochs_with(y_validation=1 - split.y_validation) < epochs_with()


def test_a_regression_learns_in_the_units_of_its_target():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 3)).astype(np.float32)
    y = 1e4 + 500 * np.sin(x[:, 0]) + 300 * x[:, 1]
    split = Split(x[:200], y[:200], x[200:], y[200:])
    config = small_config(hidden=(64, 64), epochs=60, batch_size=32)
    final = train(config, Regression.of(y[:200]), split, Streams.from_seed(0), PLAIN, lambda: None).final
    assert final["test_rmse"] < 0.3 * y.std()
    assert final["test_r_squared"] > 0.9
    assert final["train_rmse"] == pytest.approx(y[:200].std() * final["train_loss"] ** 0.5, rel=1e-4)
