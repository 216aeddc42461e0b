"""One arm: what it learns, and that chance in one place moves nothing in another."""

import numpy as np
import pytest

from tests.lab.small import small_config
from tinygrad_dropout import nn, optim
from tinygrad_dropout.lab import LabError, training
from tinygrad_dropout.lab.datasets import load
from tinygrad_dropout.lab.epochs import measured_epochs
from tinygrad_dropout.lab.pair import run_pair
from tinygrad_dropout.lab.training import Streams, mlp, train


def train_small(dropout, *, seed=0, **options):
    config = small_config(**options)
    split = load(config).split(config.train_size, np.random.default_rng(seed))
    return train(config, 2, split, Streams.from_seed(seed), dropout, lambda: None)


@pytest.mark.parametrize("dropout", [False, True])
def test_an_arm_learns(dropout):
    arm = train_small(dropout, train_size=200, hidden=(64, 64), epochs=30, p=0.2, input_p=0)
    assert arm.records[-1]["test_accuracy"] > 0.85
    assert arm.records[-1]["train_loss"] < arm.records[0]["train_loss"]


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("epochs", [1, 3, 30])
def test_a_record_is_kept_of_each_measured_epoch(optimizer, epochs):
    records = train_small(True, epochs=epochs, optimizer=optimizer).records
    assert [record["epoch"] for record in records] == list(measured_epochs(epochs))
    assert list(records[0]) == [
        "epoch", "train_loss", "train_loss_dropout_on", "train_accuracy", "test_loss", "test_accuracy",
    ]  # fmt: skip


@pytest.mark.parametrize("dropout", [False, True])
def test_what_is_measured_does_not_depend_on_which_other_epochs_are(monkeypatch, dropout):
    some = train_small(dropout, epochs=30)
    monkeypatch.setattr(training, "measured_epochs", lambda epochs: range(1, epochs + 1))
    every = train_small(dropout, epochs=30)
    assert len(every.records) == 30
    assert some.records == [every.records[epoch - 1] for epoch in measured_epochs(30)]
    assert (some.shared, some.dropped) == (every.shared, every.dropped)


def test_only_with_dropout_do_the_two_train_losses_differ():
    assert all(record["train_loss"] == record["train_loss_dropout_on"] for record in train_small(False).records)
    assert all(record["train_loss"] != record["train_loss_dropout_on"] for record in train_small(True).records)


def test_measuring_draws_no_mask_from_the_training_stream(monkeypatch):
    """Smaller chunks draw the measurement's masks otherwise; the training must not notice."""
    whole = train_small(True, train_size=50)
    monkeypatch.setattr(training, "ROWS_AT_ONCE", 7)
    chunked = train_small(True, train_size=50)
    for before, after in zip(whole.records, chunked.records, strict=True):
        assert before["train_loss_dropout_on"] != after["train_loss_dropout_on"]
        assert before["test_loss"] == pytest.approx(after["test_loss"], rel=1e-6)
        assert before["test_accuracy"] == after["test_accuracy"]


def test_what_is_measured_is_the_network_itself_with_other_dropout_layers():
    network, rng = mlp(4, (8, 6), 3, 0.5, 0.2, Streams.from_seed(0)), np.random.default_rng(0)
    measured = training.with_masks_from(rng, network)
    for layer, itself in zip(measured, network, strict=True):
        if isinstance(itself, nn.Dropout):
            assert (layer.p, layer.rng) == (itself.p, rng)
            assert itself.rng is not rng
        else:
            assert layer is itself


def test_measuring_leaves_every_layer_in_training_mode():
    split = load(small_config()).split(20, np.random.default_rng(0))
    network = mlp(2, (8,), 2, 0.5, 0.2, Streams.from_seed(0))
    training.measure(network, split, np.random.SeedSequence(0))
    assert all(layer.training for layer in network.modules())


def test_dropout_moves_no_other_chance():
    shared = [train_small(True, p=p, input_p=input_p).shared for p, input_p in ((0.5, 0.2), (0.1, 0), (0, 0.9))]
    assert shared[0] == shared[1] == shared[2] == train_small(False).shared


def test_every_seed_has_its_own_weights_and_order():
    first, second = train_small(False, seed=0).shared, train_small(False, seed=1).shared
    assert first["updates"] == second["updates"] == 2 * 3
    assert all(first[name] != second[name] for name in ("split", "initial_weights", "order"))


def test_both_arms_have_the_same_layers_with_dropout_at_the_inputs_and_after_every_hidden_layer():
    network = mlp(4, (8, 6), 3, 0.5, 0.2, Streams.from_seed(0))
    assert [layer.p for layer in network.modules() if isinstance(layer, nn.Dropout)] == [0.2, 0.5, 0.5]
    assert [parameter.shape for parameter in network.parameters()] == [(8, 4), (8,), (6, 8), (6,), (3, 6), (3,)]
    without = mlp(4, (8, 6), 3, 0, 0, Streams.from_seed(0))
    assert list(without.state_dict()) == list(network.state_dict())


@pytest.mark.parametrize("batch_size", [8, 20])  # of 20: the only loss of the epoch is from before its only update
def test_a_loss_that_is_not_finite_ends_the_training_with_advice(batch_size):
    with pytest.raises(LabError, match=r"after epoch 1 without dropout .* try a learning rate below 1e\+30"):
        train_small(False, optimizer="sgd", learning_rate=1e30, batch_size=batch_size)


def test_a_loss_that_is_not_finite_is_noticed_between_two_measurements(monkeypatch):
    monkeypatch.setattr(training, "measured_epochs", lambda epochs: (1, epochs))
    with pytest.raises(LabError, match=r"after epoch [2-9] without dropout the loss was not a finite number"):
        train_small(False, optimizer="sgd", learning_rate=1e6, epochs=1000)


def test_parameters_are_float32():
    assert {parameter.dtype for parameter in mlp(4, (8,), 3, 0.5, 0.2, Streams.from_seed(0)).parameters()} == {
        np.dtype(np.float32)
    }


def test_every_epoch_has_its_own_order_and_both_arms_the_same(monkeypatch):
    drawn, honest = [], training.CountedBatches.__iter__

    def noting(batches):
        drawn.append(list(honest(batches)))
        return iter(drawn[-1])

    monkeypatch.setattr(training.CountedBatches, "__iter__", noting)
    config = small_config()
    run_pair(config, load(config), 0, lambda: None)
    orders = [np.concatenate([x for x, _ in epoch]).tolist() for epoch in drawn]
    assert orders[0] != orders[1]
    assert orders[:2] == orders[2:]


def test_the_optimiser_is_the_one_asked_for():
    model = nn.Linear(2, 2)
    sgd = training.build_optimizer(small_config(optimizer="sgd", learning_rate=0.3), model)
    adam = training.build_optimizer(small_config(learning_rate=0.3), model)
    assert (type(sgd), sgd.lr, sgd.momentum) == (optim.SGD, 0.3, 0.9)
    assert (type(adam), adam.lr) == (optim.Adam, 0.3)


def test_an_epoch_is_measured_after_its_updates():
    config = small_config(train_size=400, hidden=(64,), epochs=1, learning_rate=0.01)
    pair = run_pair(config, load(config), 0, lambda: None)
    assert pair["without"][0]["test_accuracy"] > 0.8
