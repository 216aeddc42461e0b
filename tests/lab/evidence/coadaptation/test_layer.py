"""A hidden layer without some of its units, against NumPy, scikit-learn, and layers made by hand."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss

from tests.lab.evidence.small import forward
from tinygrad_dropout import nn
from tinygrad_dropout.lab.comparison.methods import Method
from tinygrad_dropout.lab.comparison.training import Streams, mlp
from tinygrad_dropout.lab.evidence.coadaptation.layer import Layer

RNG = np.random.default_rng(0)
X, LABELS = RNG.normal(size=(40, 5)).astype(np.float32), RNG.integers(3, size=40)


def network():
    return mlp(5, (7, 6), 3, Method(p=0.5, input_p=0.2), Streams.from_seed(1)).eval()


def outputs_without(state, layer, removed):
    """By NumPy: the weights that read the removed units are 0."""
    state = {key: value.copy() for key, value in state.items()}
    names = sorted(key for key in state if key.endswith("weight"))
    state[names[layer]][:, removed] = 0
    return forward(state, X)


@pytest.mark.parametrize("number", [1, 2])
def test_a_layer_agrees_with_the_network(number):
    model = network()
    state = model.state_dict()
    layer = Layer.of(model, number, X, LABELS)
    np.testing.assert_allclose(layer.activations, forward(state, X, through=number), atol=1e-12)
    np.testing.assert_allclose(layer.outputs(), forward(state, X), atol=1e-12)
    assert layer.head(9).loss() == pytest.approx(Layer.of(model, number, X[:9], LABELS[:9]).loss())


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("removed", [[], [0], [1, 4], [0, 1, 2, 3, 4, 5]])
def test_removed_units_do_not_affect_the_next_layer(number, removed):
    model = network()
    expected = outputs_without(model.state_dict(), number, removed)
    layer = Layer.of(model, number, X, LABELS)
    probabilities = np.exp(expected) / np.exp(expected).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(layer.outputs(removed), expected, atol=1e-12)
    assert layer.loss(removed) == pytest.approx(log_loss(LABELS, probabilities), rel=1e-9)
    assert layer.accuracy(removed) == pytest.approx(accuracy_score(LABELS, expected.argmax(axis=1)))


def test_effects_and_interactions_are_differences_of_losses():
    model = network()
    state = model.state_dict()

    def loss(*removed):
        outputs = outputs_without(state, 1, list(removed))
        return log_loss(LABELS, np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True))

    layer = Layer.of(model, 1, X, LABELS)
    effects = layer.single_effects()
    np.testing.assert_allclose(effects, [loss(unit) - loss() for unit in range(7)], atol=1e-12)
    pairs = np.array([[0, 1], [5, 2]])
    expected = [loss(i, j) - loss(i) - loss(j) + loss() for i, j in pairs]
    np.testing.assert_allclose(layer.interactions(pairs, effects), expected, atol=1e-12)


def gate(bias):
    """Two units that are on; the right answer gets relu(h1 + h2 + bias_1) + ... through a layer made by hand."""
    first, second = nn.Linear(2, 2, dtype=np.float64), nn.Linear(2, 2, dtype=np.float64)
    first.weight.data, first.bias.data = np.ones((2, 2)), np.array(bias)
    second.weight.data, second.bias.data = np.array([[4.0, -4.0], [0.0, 0.0]]), np.zeros(2)
    return Layer(np.ones((3, 2)), nn.Sequential(first, nn.ReLU(), second), np.zeros(3, int))


def test_the_interaction_is_negative_for_units_that_need_each_other_and_positive_for_substitutes():
    needed = np.log(2) - np.log1p(np.exp(-4.0))  # what the one right answer gains when the gate is on
    both_needed = gate([-1.0, -10.0])  # relu(h1 + h2 - 1): AND
    np.testing.assert_allclose(both_needed.single_effects(), [needed] * 2)
    np.testing.assert_allclose(both_needed.interactions(np.array([[0, 1]]), both_needed.single_effects()), [-needed])
    either = gate([0.0, -1.0])  # relu(h1 + h2) - relu(h1 + h2 - 1): OR
    np.testing.assert_allclose(either.single_effects(), [0, 0], atol=1e-12)
    np.testing.assert_allclose(either.interactions(np.array([[0, 1]]), either.single_effects()), [needed])


def test_the_curve_is_the_mean_over_orders_of_the_accuracy_without_the_first_units():
    model = network()
    state = model.state_dict()
    orders = np.array([[3, 1, 0, 2, 6, 5, 4], [6, 5, 4, 3, 2, 1, 0]])
    found = Layer.of(model, 1, X, LABELS).ablated(np.array([0, 0.3, 1]), orders)
    for accuracy, count in zip(found, (0, 2, 7), strict=True):
        expected = [(outputs_without(state, 1, list(o[:count])).argmax(axis=1) == LABELS).mean() for o in orders]
        assert accuracy == pytest.approx(np.mean(expected))
    assert len(set(found)) > 1
