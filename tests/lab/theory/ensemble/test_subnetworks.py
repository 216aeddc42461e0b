"""Subnetworks: what each predicts is what a network without its dropped units predicts."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import nn
from tinygrad_dropout.lab.theory.ensemble import subnetworks as module
from tinygrad_dropout.lab.theory.ensemble.network import network
from tinygrad_dropout.lab.theory.ensemble.subnetworks import Subnetworks
from tinygrad_dropout.lab.theory.masks import all_masks, probabilities

P = 0.3


@pytest.fixture
def two_layers():
    rng = np.random.default_rng(0)
    model = network(4, (3, 2), 3, P, rng, np.random.default_rng(1))
    return Subnetworks(model, (3, 2), rng.normal(size=(5, 4)))


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def by_hand(model, x, mask):
    """The network in plain NumPy, with dropped units at 0 and kept ones scaled by 1 / (1 - p)."""
    first, second, last = (layer for layer in model if isinstance(layer, nn.Linear))
    hidden = np.maximum(x @ first.weight.data.T + first.bias.data, 0) * mask[:3] / (1 - P)
    hidden = np.maximum(hidden @ second.weight.data.T + second.bias.data, 0) * mask[3:] / (1 - P)
    return softmax(hidden @ last.weight.data.T + last.bias.data)


def test_each_subnetworks_predictions_match_a_calculation_by_hand(two_layers):
    masks = all_masks(5)
    predicted = np.exp(two_layers.log_predictions(masks))
    for mask, prediction in zip(masks, predicted, strict=True):
        np.testing.assert_allclose(prediction, by_hand(two_layers.model, two_layers.inputs, mask), rtol=1e-12)


def test_all_subnetworks_have_the_probabilities_of_their_masks(two_layers, monkeypatch):
    monkeypatch.setattr(module, "NUMBERS_AT_ONCE", 5 * 3 * 7)
    assert two_layers.masks_at_once == 7
    predictions, weights = map(np.concatenate, zip(*two_layers.all(), strict=True))
    np.testing.assert_array_equal(weights, probabilities(all_masks(5), P))
    np.testing.assert_allclose(predictions, two_layers.log_predictions(all_masks(5)), rtol=1e-12)


def test_a_selection_of_subnetworks_is_in_the_order_of_its_masks(two_layers, monkeypatch):
    monkeypatch.setattr(module, "NUMBERS_AT_ONCE", 5 * 3 * 2)
    masks = all_masks(5)[[3, 3, 17, 0, 31]]
    parts = list(two_layers.some(masks))
    assert [len(part) for part in parts] == [2, 2, 1]
    np.testing.assert_allclose(np.concatenate(parts), two_layers.log_predictions(masks), rtol=1e-12)


def test_weight_scaling_is_one_pass_with_nothing_dropped(two_layers):
    first, second, last = (layer for layer in two_layers.model if isinstance(layer, nn.Linear))
    hidden = np.maximum(two_layers.inputs @ first.weight.data.T + first.bias.data, 0)
    hidden = np.maximum(hidden @ second.weight.data.T + second.bias.data, 0)
    expected = softmax(hidden @ last.weight.data.T + last.bias.data)
    np.testing.assert_allclose(two_layers.weight_scaling(), expected, rtol=1e-12)


def test_the_networks_weights_get_no_gradient(two_layers):
    list(two_layers.all())
    two_layers.weight_scaling()
    assert all(parameter.grad is None for parameter in two_layers.model.parameters())
    assert td.is_grad_enabled()


def test_no_graph_is_recorded():
    class Asked(nn.Module):
        def forward(self, x):
            recorded.append(td.is_grad_enabled())
            return x

    recorded = []
    rng = np.random.default_rng(0)
    last = nn.Linear(2, 2, dtype=np.float64, rng=rng)
    subnetworks = Subnetworks(nn.Sequential(Asked(), nn.Dropout(P), Asked(), last), (2,), np.ones((1, 2)))
    list(subnetworks.all())
    subnetworks.weight_scaling()
    assert recorded
    assert not any(recorded)
