"""What weight scaling equals exactly, and what it does not: every mask enumerated, in float64.

Srivastava et al. 2014 (JMLR 15); Goodfellow et al., Deep Learning, section 7.12; Baldi and Sadowski 2013.
"""

from contextlib import ExitStack

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn
from tinygrad_dropout.lab.theory.ensemble.averages import averages_of
from tinygrad_dropout.lab.theory.ensemble.subnetworks import Subnetworks
from tinygrad_dropout.lab.theory.masks import all_masks, probabilities

EVERY_P = [0.1, 0.3, 0.5, 0.8]
EXACTLY = {"rtol": 1e-12, "atol": 1e-14}


def linear(inputs: int, outputs: int, rng: np.random.Generator) -> nn.Linear:
    """A layer whose weights are large enough for the subnetworks to disagree."""
    layer = nn.Linear(inputs, outputs, dtype=np.float64, rng=rng)
    layer.weight.data *= 3
    return layer


def softmax_regression(p: float, seed: int) -> Subnetworks:
    """Dropout on the inputs of a softmax."""
    rng = np.random.default_rng(seed)
    return Subnetworks(nn.Sequential(nn.Dropout(p), linear(6, 4, rng)), (6,), rng.normal(size=(3, 6)))


def one_hidden_layer(p: float, seed: int, activation: type[nn.Module] = nn.ReLU) -> Subnetworks:
    """Dropout only on the hidden layer."""
    rng = np.random.default_rng(seed)
    model = nn.Sequential(linear(4, 7, rng), activation(), nn.Dropout(p), linear(7, 3, rng))
    return Subnetworks(model, (7,), rng.normal(size=(3, 4)))


def two_hidden_layers(p: float, seed: int) -> Subnetworks:
    """Dropout on both of two hidden layers."""
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        linear(4, 4, rng), nn.ReLU(), nn.Dropout(p), linear(4, 4, rng), nn.ReLU(), nn.Dropout(p), linear(4, 3, rng)
    )
    return Subnetworks(model, (4, 4), rng.normal(size=(3, 4)))


# Weight scaling is the renormalized geometric mean --------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("p", EVERY_P)
def test_weight_scaling_is_the_geometric_mean_of_a_softmax_regression(p, seed):
    subnetworks = softmax_regression(p, seed)
    np.testing.assert_allclose(averages_of(subnetworks.all()).geometric, subnetworks.weight_scaling(), **EXACTLY)


@pytest.mark.parametrize("activation", [nn.ReLU, nn.Tanh, nn.Sigmoid])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("p", EVERY_P)
def test_weight_scaling_is_the_geometric_mean_with_dropout_after_one_hidden_layer(p, seed, activation):
    subnetworks = one_hidden_layer(p, seed, activation)
    np.testing.assert_allclose(averages_of(subnetworks.all()).geometric, subnetworks.weight_scaling(), **EXACTLY)


@pytest.mark.parametrize("p", EVERY_P)
def test_weight_scaling_is_the_normalized_geometric_mean_of_a_logistic_unit(p):
    """G / (G + G') = sigma(E[S]): G the weighted geometric mean of the outputs, G' that of 1 - output."""
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=8), td.Tensor(2 * rng.normal(size=8))
    masks = all_masks(8)
    seen = F.dropout(np.broadcast_to(x, masks.shape), p, mask=masks, scaling="test")
    sums = seen @ weight
    chances = probabilities(masks, p)
    mean_of_outputs = np.exp(chances @ np.log(F.sigmoid(sums).data))
    mean_of_complements = np.exp(chances @ np.log(F.sigmoid(-sums).data))
    expected_sum = td.Tensor((1 - p) * x @ weight.data)
    np.testing.assert_allclose(
        mean_of_outputs / (mean_of_outputs + mean_of_complements), F.sigmoid(expected_sum).data, **EXACTLY
    )


@pytest.mark.parametrize("scaling", ["train", "test"])
@pytest.mark.parametrize("p", EVERY_P)
def test_weight_scaling_is_the_geometric_mean_with_either_scaling(p, scaling):
    rng = np.random.default_rng(0)
    model = nn.Sequential(nn.Dropout(p, scaling=scaling), linear(6, 4, rng))
    subnetworks = Subnetworks(model, (6,), rng.normal(size=(3, 6)))
    np.testing.assert_allclose(averages_of(subnetworks.all()).geometric, subnetworks.weight_scaling(), **EXACTLY)


# It is the arithmetic mean of a net without nonlinearities ------------------------------------------------------------


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize("p", EVERY_P)
def test_weight_scaling_is_the_arithmetic_mean_of_linear_layers_of_any_depth(p, depth):
    rng = np.random.default_rng(depth)
    drops = [nn.Dropout(p) for _ in range(depth)]
    model = nn.Sequential(*(layer for drop in drops for layer in (drop, linear(3, 3, rng))))
    x = td.Tensor(rng.normal(size=(2, 3)))
    scaled = model.eval()(x).data
    model.train()
    mean = np.zeros_like(scaled)
    masks = all_masks(3 * depth)
    for mask, probability in zip(masks, probabilities(masks, p), strict=True):
        with ExitStack() as replays:
            for drop, part in zip(drops, np.split(mask, depth), strict=True):
                replays.enter_context(drop.replay(np.broadcast_to(part, x.shape)))
            mean += probability * model(x).data
    np.testing.assert_allclose(mean, scaled, rtol=1e-11, atol=1e-13)


# And what does not hold -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("p", EVERY_P)
def test_with_two_hidden_layers_there_is_a_gap(p, seed):
    subnetworks = two_hidden_layers(p, seed)
    assert np.abs(averages_of(subnetworks.all()).geometric - subnetworks.weight_scaling()).max() > 1e-3


@pytest.mark.parametrize("p", EVERY_P)
def test_with_a_mask_below_a_nonlinearity_there_is_a_gap(p):
    rng = np.random.default_rng(0)
    model = nn.Sequential(nn.Dropout(p), linear(6, 5, rng), nn.ReLU(), linear(5, 3, rng))
    subnetworks = Subnetworks(model, (6,), rng.normal(size=(3, 6)))
    assert np.abs(averages_of(subnetworks.all()).geometric - subnetworks.weight_scaling()).max() > 1e-3


@pytest.mark.parametrize("make", [softmax_regression, one_hidden_layer, two_hidden_layers])
@pytest.mark.parametrize("p", EVERY_P)
def test_the_arithmetic_mean_is_a_different_number(p, make):
    subnetworks = make(p, 0)
    assert np.abs(averages_of(subnetworks.all()).arithmetic - subnetworks.weight_scaling()).max() > 1e-2


@pytest.mark.parametrize("p", EVERY_P)
def test_a_mean_that_counts_every_mask_equally_is_right_only_at_a_half(p):
    subnetworks = one_hidden_layer(p, 0)
    alike = averages_of((predictions, np.full(len(weights), 2.0**-7)) for predictions, weights in subnetworks.all())
    gap = np.abs(alike.geometric - subnetworks.weight_scaling()).max()
    assert gap < 1e-12 if p == 0.5 else gap > 1e-2


@pytest.mark.parametrize("p", EVERY_P)
def test_without_scaling_the_whole_network_is_not_the_mean_of_its_parts(p):
    """Trained with the original scheme, but run at test time without its factor 1 - p."""
    rng = np.random.default_rng(0)
    model = nn.Sequential(nn.Dropout(p, scaling="test"), linear(6, 4, rng))
    x = rng.normal(size=(3, 6))
    geometric = averages_of(Subnetworks(model, (6,), x).all()).geometric
    unscaled = F.softmax(list(model)[1](td.Tensor(x))).data
    assert np.abs(unscaled - geometric).max() > 1e-3
