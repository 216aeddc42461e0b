"""One arm: what it learns, and that chance in one place moves nothing in another."""

import numpy as np
import pytest

from tests.lab.small import small_config
from tinygrad_dropout import nn, optim
from tinygrad_dropout.lab import LabError, training
from tinygrad_dropout.lab.datasets import load
from tinygrad_dropout.lab.pair import run_pair
from tinygrad_dropout.lab.training import Streams, batches, mlp, train


def train_small(dropout, *, seed=0, **options):
    config = small_config(**options)
    split = load(config).split(config.train_size, np.random.default_rng(seed))
    return train(config, 2, split, Streams.from_seed(seed), dropout, lambda: None)


@pytest.mark.parametrize("dropout", [False, True])
def test_an_arm_learns(dropout):
    arm = train_small(dropout, train_size=200, hidden=(64, 64), epochs=30, p=0.2, input_p=0)
    assert arm.epochs[-1]["test_accuracy"] > 0.85
    assert arm.epochs[-1]["train_loss"] < arm.epochs[0]["train_loss"]


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_every_epoch_is_measured(optimizer):
    arm = train_small(True, epochs=3, optimizer=optimizer)
    assert [epoch["epoch"] for epoch in arm.epochs] == [1, 2, 3]
    assert list(arm.epochs[0]) == [
        "epoch", "train_loss", "train_loss_dropout_on", "train_accuracy", "test_loss", "test_accuracy",
    ]  # fmt: skip


def test_only_with_dropout_do_the_two_train_losses_differ():
    assert all(epoch["train_loss"] == epoch["train_loss_dropout_on"] for epoch in train_small(False).epochs)
    assert all(epoch["train_loss"] != epoch["train_loss_dropout_on"] for epoch in train_small(True).epochs)


def test_measuring_draws_no_mask_from_the_training_stream(monkeypatch):
    """Smaller chunks draw the measurement's masks otherwise; the training must not notice."""
    whole = train_small(True, train_size=50)
    monkeypatch.setattr(training, "ROWS_AT_ONCE", 7)
    chunked = train_small(True, train_size=50)
    for before, after in zip(whole.epochs, chunked.epochs, strict=True):
        assert before["train_loss_dropout_on"] != after["train_loss_dropout_on"]
        assert before["test_loss"] == pytest.approx(after["test_loss"], rel=1e-6)
        assert before["test_accuracy"] == after["test_accuracy"]


def test_training_and_measurement_draw_their_masks_from_different_streams(monkeypatch):
    streams = []
    monkeypatch.setattr(training, "mlp", lambda *arguments: streams.append(arguments[-1]) or mlp(*arguments))
    train_small(True)
    of_training, of_measurement = (drawn_from.masks.spawn_key for drawn_from in streams)
    assert of_training != of_measurement


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


def test_batches_cover_all_examples_once_in_a_random_order():
    drawn = list(batches(10, 4, np.random.default_rng(0)))
    assert [len(batch) for batch in drawn] == [4, 4, 2]
    order = np.concatenate(drawn).tolist()
    assert sorted(order) == list(range(10)) != order


def test_a_loss_that_is_not_finite_ends_the_training_with_advice():
    with pytest.raises(LabError, match=r"after epoch 1 without dropout .* try a learning rate below 1e\+30"):
        train_small(False, optimizer="sgd", learning_rate=1e30)


def test_parameters_are_float32():
    assert {parameter.dtype for parameter in mlp(4, (8,), 3, 0.5, 0.2, Streams.from_seed(0)).parameters()} == {
        np.dtype(np.float32)
    }


def test_every_epoch_has_its_own_order_and_both_arms_the_same(monkeypatch):
    drawn, honest = [], training.batches
    monkeypatch.setattr(training, "batches", lambda *given: drawn.append(list(honest(*given))) or iter(drawn[-1]))
    config = small_config()
    run_pair(config, load(config), 0, lambda: None)
    orders = [np.concatenate(epoch).tolist() for epoch in drawn]
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
