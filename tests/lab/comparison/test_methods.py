"""What a method adds reaches the network, its loss, its optimizer and its training; nothing else changes."""

import numpy as np
import pytest

from tests.lab.comparison.test_training import DROPOUT
from tests.lab.small import small_config
from tinygrad_dropout import Tensor, nn, optim
from tinygrad_dropout.lab.comparison import training
from tinygrad_dropout.lab.comparison.data import draw_split, load
from tinygrad_dropout.lab.comparison.methods import PLAIN, Method
from tinygrad_dropout.lab.comparison.tasks import Classification
from tinygrad_dropout.lab.comparison.training import Streams, mlp, train_network

GAUSSIAN = Method("with gaussian", "gaussian", p=0.5, input_p=0.2)
CONNECT = Method("with dropconnect", "dropconnect", p=0.5, input_p=0.2)
DECAY = Method("with weight decay", weight_decay=5.0)
NORM = Method("with max-norm", max_norm=0.4)
SMOOTHING = Method("with label smoothing", label_smoothing=0.3)
STOPPING = Method("with early stopping", patience=2)
METHODS = [DROPOUT, GAUSSIAN, CONNECT, DECAY, NORM, SMOOTHING, STOPPING]
NAMES = [method.label for method in METHODS]


def train_with(method, **options):
    config = small_config(**{"train_size": 100, "hidden": (16, 8), "epochs": 5, "learning_rate": 0.01} | options)
    streams = Streams.from_seed(0)
    split = draw_split(config, load(config), streams, hold_back=True)
    return train_network(config, Classification(2), split, streams, method, lambda: None, (config.epochs,))


@pytest.mark.parametrize("method", METHODS, ids=NAMES)
def test_a_method_changes_the_learned_weights_but_no_random_numbers(method):
    options = {"epochs": 60} if method is STOPPING else {}
    (plain, without), (network, run) = train_with(PLAIN, **options), train_with(method, **options)
    differing = {name for name in run.shared if run.shared[name] != without.shared.get(name)}
    assert differing == {DECAY: {"optimizer"}, STOPPING: {"order"}}.get(method, set())
    pairs = zip(plain.parameters(), network.parameters(), strict=True)
    assert any(not np.array_equal(before.data, after.data) for before, after in pairs)


@pytest.mark.parametrize(
    ("method", "kind", "rates"),
    [
        (PLAIN, nn.Dropout, [0, 0, 0]),
        (DROPOUT, nn.Dropout, [0.2, 0.5, 0.5]),
        (GAUSSIAN, nn.GaussianDropout, [0.2, 0.5, 0.5]),
        (CONNECT, nn.DropConnect, [0.2, 0.5, 0.5]),  # the weights after the inputs and after each hidden layer
    ],
)
def test_each_noise_method_uses_its_own_layers(method, kind, rates):
    network = mlp(4, (8, 6), 3, method, Streams.from_seed(0))
    assert [layer.p for layer in network if isinstance(layer, nn.RandomLayer)] == rates
    assert all(type(layer) is kind for layer in network if isinstance(layer, nn.RandomLayer))
    assert [type(layer) for layer in network if isinstance(layer, nn.Linear)] == 3 * [
        nn.DropConnect if method is CONNECT else nn.Linear
    ]


def test_masks_and_initial_weights_come_from_separate_streams():
    """As in the framework by hand: the first layer's mask of weights is the first that is drawn."""
    streams = Streams.from_seed(0)
    network = mlp(4, (8, 6), 3, CONNECT, streams)
    network(np.ones((2, 4), np.float32))
    by_hand = nn.Dropout(0.2, rng=np.random.default_rng(streams.masks))
    by_hand(Tensor(np.ones((8, 4), np.float32)))
    assert np.array_equal(next(iter(network)).mask, by_hand.mask)


def test_no_incoming_vector_is_longer_than_the_limit():
    def longest(method):
        network, _ = train_with(method)
        return max(np.linalg.norm(layer.weight.data, axis=1).max() for layer in network if isinstance(layer, nn.Linear))

    assert longest(NORM) == pytest.approx(0.4, rel=1e-5)
    assert longest(PLAIN) > 0.5


@pytest.mark.parametrize(("optimizer", "kind"), [("adam", optim.AdamW), ("sgd", optim.SGD)])
def test_the_optimizer_applies_the_weight_decay(optimizer, kind):
    made = training.build_optimizer(small_config(optimizer=optimizer), nn.Linear(2, 2), 0.25)
    assert (type(made), made.weight_decay) == (kind, 0.25)


def test_label_smoothing_affects_only_the_training_loss():
    logits, labels = np.random.default_rng(0).normal(size=(5, 3)), np.array([0, 1, 2, 0, 1])
    log_probabilities = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    smooth = 0.7 * np.eye(3)[labels] + 0.3 / 3
    loss = SMOOTHING.loss(Classification(3).loss)
    assert loss(Tensor(logits), labels).item() == pytest.approx(-(smooth * log_probabilities).sum(axis=1).mean())
    network, run = train_with(SMOOTHING)
    config, streams = small_config(train_size=100), Streams.from_seed(0)
    split = draw_split(config, load(config), streams, hold_back=True)
    outputs = network(split.x_test).data.astype(float)
    true = outputs[range(len(outputs)), split.y_test] - np.log(np.exp(outputs).sum(axis=1))
    assert run.final["test_loss"] == pytest.approx(-true.mean(), rel=1e-5)


def test_only_a_method_with_patience_stops_early():
    assert train_with(STOPPING, epochs=100)[1].epochs < 100
    assert train_with(PLAIN, epochs=100)[1].epochs == 100


@pytest.mark.parametrize("method", [DROPOUT, GAUSSIAN, CONNECT])
def test_measuring_does_not_change_the_training_masks(method):
    """A network that is measured after each epoch is the one that is measured only at the end."""
    config, streams = small_config(train_size=100, epochs=3), Streams.from_seed(0)
    split = draw_split(config, load(config), streams, hold_back=False)
    runs = [
        train_network(config, Classification(2), split, streams, method, lambda: None, measured)[1]
        for measured in ((3,), (1, 2, 3))
    ]
    assert runs[0].final == runs[1].final
    assert runs[0].final["train_loss_dropout_on"] != runs[0].final["train_loss"]
