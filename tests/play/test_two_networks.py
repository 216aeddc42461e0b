"""The pair: the same batches and initial weights, settings that take effect at once, and reproducible bits."""

import numpy as np
import pytest

from tinygrad_dropout import nn, optim
from tinygrad_dropout.play.two_networks import ShuffledRows, TwoNetworks

SETTINGS = {
    "seed": 3, "width": 5, "depth": 2, "p": 0.5, "input_p": 0.2, "scaling": "train",
    "optimizer": "adam", "lr": 0.01, "weight_decay": 0.0, "batch_size": 4,
}  # fmt: skip


def pair(**changed):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(11, 2)).astype(np.float32)
    return TwoNetworks(x, (x[:, 0] > 0).astype(np.int64), **{**SETTINGS, **changed})


def bits(networks):
    return {name: [array.tobytes() for array in model.state_dict().values()] for name, model in networks.models.items()}


def trained(networks, steps):
    for _ in range(steps):
        networks.step()
    return networks


def test_both_networks_begin_with_the_same_weights():
    start = bits(pair())
    assert start["without"] == start["with"]


def test_if_nothing_is_dropped_both_networks_stay_the_same_to_the_bit():
    networks = trained(pair(p=0.0, input_p=0.0), 20)
    assert bits(networks)["without"] == bits(networks)["with"]
    assert networks.losses["without"] == networks.losses["with"]


def test_dropped_units_make_the_networks_differ():
    networks = trained(pair(), 1)
    assert bits(networks)["without"] != bits(networks)["with"]


def test_dropout_does_not_affect_the_network_without_it():
    assert bits(trained(pair(p=0.9), 20))["without"] == bits(trained(pair(p=0.0, input_p=0.0), 20))["without"]


@pytest.mark.parametrize("seed", [3, 4])
def test_the_same_seed_gives_the_same_bits(seed):
    assert bits(trained(pair(seed=seed), 20)) == bits(trained(pair(seed=seed), 20))
    assert bits(pair(seed=seed)) != bits(pair(seed=seed + 2))


def test_the_network_has_the_requested_depth_and_width():
    model = pair(width=7, depth=3).models["with"]
    assert [layer.weight.shape for layer in model if isinstance(layer, nn.Linear)] == [(7, 2), (7, 7), (7, 7), (2, 7)]
    assert [layer.p for layer in model if isinstance(layer, nn.Dropout)] == [0.2, 0.5, 0.5, 0.5]


@pytest.mark.parametrize(
    ("name", "kind", "momentum"), [("sgd", optim.SGD, 0.0), ("momentum", optim.SGD, 0.9), ("adam", optim.AdamW, None)]
)
def test_the_optimizer_is_the_requested_one(name, kind, momentum):
    networks = pair(optimizer=name, lr=0.05, weight_decay=0.1)
    for optimizer in networks.optimizers.values():
        assert type(optimizer) is kind
        assert (optimizer.lr, optimizer.weight_decay) == (0.05, 0.1)
        assert getattr(optimizer, "momentum", None) == momentum


@pytest.mark.parametrize(
    ("name", "value"),
    [("p", 0.8), ("input_p", 0.6), ("lr", 0.3), ("weight_decay", 0.5), ("optimizer", "sgd"), ("batch_size", 2),
     ("scaling", "test")],
)  # fmt: skip
def test_a_change_before_the_first_step_equals_that_setting_from_the_start(name, value):
    changed = pair()
    changed.change(name, value)
    assert bits(trained(changed, 15)) == bits(trained(pair(**{name: value}), 15))
    assert bits(changed) != bits(trained(pair(), 15))


def test_p_and_input_p_change_their_own_layers_and_only_with_dropout():
    networks = pair()
    networks.change("p", 0.9)
    networks.change("input_p", 0.1)
    rates = {
        name: [layer.p for layer in model if isinstance(layer, nn.Dropout)] for name, model in networks.models.items()
    }
    assert rates == {"without": [0.0, 0.0, 0.0], "with": [0.1, 0.9, 0.9]}


def test_a_new_optimizer_starts_without_state():
    networks = trained(pair(optimizer="momentum"), 5)
    remembered = networks.optimizers["with"].state_dict()
    networks.change("optimizer", "momentum")
    afresh = networks.optimizers["with"].state_dict()
    assert str(afresh) == str(pair(optimizer="momentum").optimizers["with"].state_dict()) != str(remembered)


def test_every_epoch_contains_each_row_once():
    order = ShuffledRows(10, np.random.default_rng(0))
    batches = [order.take(4) for _ in range(6)]
    assert [len(batch) for batch in batches] == [4, 4, 2] * 2
    for epoch in (batches[:3], batches[3:]):
        assert sorted(np.concatenate(epoch)) == list(range(10))
    assert [*batches[0], *batches[1]] != [*batches[3], *batches[4]]


def test_the_batch_size_can_change_within_an_epoch():
    order = ShuffledRows(10, np.random.default_rng(0))
    taken = [(len(order.take(size)), order.epochs) for size in (3, 5, 5, 10)]
    assert taken == [(3, pytest.approx(0.3)), (5, 0.8), (2, 1), (10, 2)]
