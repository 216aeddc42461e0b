"""Monte Carlo dropout: means and spreads over the masks, independent for each row and the same in every call."""

import threading
from itertools import product

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import entropy

from tests.sklearn.data import BINARY, CLASSES, LABELS, TWO_VALUES, VALUES, X, classifier, regressor, weights_of
from tinygrad_dropout import nn
from tinygrad_dropout.sklearn import _trained

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

MODELS = {
    "binary": (classifier, BINARY),
    "classes": (classifier, CLASSES),
    "labels": (classifier, LABELS),
    "value": (regressor, VALUES),
    "values": (regressor, TWO_VALUES),
}


def fitted(kind, **options):
    make, y = MODELS[kind]
    return make(**{"dropout": 0.4, "learning_rate_init": 0.05, **options}).fit(X, y)


def every_mask(model, x):
    """Return the outputs of a network with one hidden layer under all its masks, and the masks' probabilities."""
    (hidden, output), (bias, output_bias) = model.coefs_, model.intercepts_
    units = np.tanh(x @ hidden + bias)
    (p,) = [layer.p for layer in model.module_ if isinstance(layer, nn.Dropout)]
    masks = np.array([*product([0, 1], repeat=units.shape[1])])
    outputs = [(units * mask / (1 - p)) @ output + output_bias for mask in masks]
    return np.array(outputs), (p ** (1 - masks) * (1 - p) ** masks).prod(axis=1)


def test_a_regressors_mean_and_spread_are_those_over_all_masks():
    model = fitted("value", hidden_layer_sizes=4, activation="tanh", dropout=0.3, mc_samples=10_000)
    outputs, chances = every_mask(model, X[:3])
    mean = chances @ outputs[..., 0]
    spread = np.sqrt(chances @ (outputs[..., 0] - mean) ** 2)
    found = model.predict_uncertainty(X[:3])
    np.testing.assert_allclose(found.mean, mean, atol=4 * spread.max() / np.sqrt(10_000))
    np.testing.assert_allclose(found.spread, spread, rtol=0.04)
    assert spread.min() > 0.01


def test_a_classifiers_mean_and_spread_are_those_of_the_probabilities():
    model = fitted("classes", hidden_layer_sizes=4, activation="tanh", dropout=0.3, mc_samples=10_000)
    outputs, chances = every_mask(model, X[:3])
    probabilities = np.exp(outputs) / np.exp(outputs).sum(axis=2, keepdims=True)
    mean = np.einsum("m,mnc->nc", chances, probabilities)
    information = entropy(mean, axis=1) - chances @ entropy(probabilities, axis=2)
    found = model.predict_uncertainty(X[:3])
    np.testing.assert_allclose(found.mean, mean, atol=0.01)
    np.testing.assert_allclose(
        found.spread, np.sqrt(np.einsum("m,mnc->nc", chances, (probabilities - mean) ** 2)), rtol=0.04
    )
    np.testing.assert_allclose(found.entropy, entropy(mean, axis=1), rtol=0.02)
    np.testing.assert_allclose(found.mutual_information, information, rtol=0.06)


def test_each_label_has_an_entropy_and_two_classes_share_one():
    labels, binary = fitted("labels").predict_uncertainty(X), fitted("binary").predict_uncertainty(X)
    assert labels.entropy.shape == labels.mutual_information.shape == labels.mean.shape == (60, 3)
    assert binary.entropy.shape == binary.mutual_information.shape == (60,)
    np.testing.assert_allclose(labels.entropy, entropy([labels.mean, 1 - labels.mean], axis=0), rtol=1e-9)
    np.testing.assert_allclose(binary.entropy, entropy(binary.mean, axis=1), rtol=1e-9)
    np.testing.assert_allclose(binary.mean.sum(axis=1), 1, rtol=1e-12)


@pytest.mark.parametrize("kind", ["binary", "classes", "labels"])
def test_mutual_information_is_part_of_the_entropy(kind):
    found = fitted(kind).predict_uncertainty(X)
    assert (found.mutual_information >= 0).all()
    assert (found.mutual_information <= found.entropy).all()
    assert found.mutual_information.max() > 0.001


@pytest.mark.parametrize("samples", [2, 5])
def test_the_spread_is_a_sample_standard_deviation(samples):
    model = fitted("value", mc_samples=samples)
    (outputs,) = model._outputs_under_masks(X.astype(np.float32))
    assert outputs.shape == (samples, 60, 1)
    np.testing.assert_allclose(model.predict_uncertainty(X).spread, outputs[:, :, 0].std(axis=0, ddof=1), rtol=1e-9)


def test_a_classifiers_spread_is_one_too():
    model = fitted("labels", mc_samples=3)
    (outputs,) = model._outputs_under_masks(X.astype(np.float32))
    np.testing.assert_allclose(model.predict_uncertainty(X).spread, expit(outputs).std(axis=0, ddof=1), rtol=1e-9)


def test_mutual_information_is_not_negative_if_masks_agree():
    model = fitted("classes", mc_samples=7)
    model.module_[-1].weight.data[:] *= 1e-9
    assert model.predict_uncertainty(X).mutual_information.min() >= 0


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("options", [{"dropout": 0}, {"mc_samples": 1}], ids=str)
def test_without_dropout_or_with_one_sample_there_is_no_spread(kind, options):
    model = fitted(kind, **options)
    found = model.predict_uncertainty(X)
    assert not found.spread.any()
    if hasattr(found, "mutual_information"):
        assert not found.mutual_information.any()
    if "dropout" in options:
        mean = model.predict_proba(X) if hasattr(model, "predict_proba") else model.predict(X)
        np.testing.assert_allclose(found.mean, mean, rtol=1e-6)


@pytest.mark.parametrize("kind", MODELS)
def test_a_row_has_the_same_uncertainty_by_itself_and_among_others(monkeypatch, kind):
    model = fitted(kind)
    together = model.predict_uncertainty(X)
    monkeypatch.setattr(_trained, "ROWS_AT_ONCE", 7)
    in_parts = model.predict_uncertainty(X)
    by_itself = model.predict_uncertainty(X[17:18])
    for all_rows, parts, one in list(zip(together, in_parts, by_itself, strict=True))[:2]:
        np.testing.assert_allclose(parts, all_rows, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(one[0], all_rows[17], rtol=1e-4, atol=1e-6)
    assert np.std(together.spread) > 0


@pytest.mark.parametrize("kind", MODELS)
def test_predictions_change_nothing(kind):
    def state():
        generators = [layer.rng.bit_generator.state for layer in model.module_ if isinstance(layer, nn.Dropout)]
        return [weight.copy() for weight in weights_of(model)], generators, model._batch_rng.bit_generator.state

    model = fitted(kind)
    before, first = state(), model.predict_uncertainty(X)
    predicted = model.predict(X)
    np.testing.assert_equal(model.predict_uncertainty(X), first)
    np.testing.assert_equal(model.predict(X), predicted)
    model.score(X, MODELS[kind][1])
    np.testing.assert_equal(state(), before)
    assert not any(module.training for module in model.module_.modules())


def test_several_threads_can_predict_together():
    model, rows = fitted("classes"), np.tile(X, (30, 1))
    expected, found = model.predict_uncertainty(rows).mean, []
    threads = [threading.Thread(target=lambda: found.append(model.predict_uncertainty(rows).mean)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    for mean in found:
        np.testing.assert_array_equal(mean, expected)


def test_the_masks_depend_on_the_seed():
    means = [fitted("value", random_state=seed)._mask_seed for seed in (1, 1, 2)]
    assert means[0] == means[1] != means[2]


def test_large_outputs_do_not_overflow_in_the_variance():
    found = fitted("value").predict_uncertainty(X * 1e30)
    assert np.isfinite(found.spread).all()
    assert found.spread.max() > 1e25
