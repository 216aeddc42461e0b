"""The record of the autoencoder's trial, compared with NumPy, and that it learns."""

import numpy as np
import pytest

from tests.lab.evidence.small import forward, small_outcome, trained, weights_of
from tinygrad_dropout.lab.comparison.arms import WITH, WITHOUT
from tinygrad_dropout.lab.evidence.coadaptation.autoencoder import ACTIVATION_EDGES, Reconstruction
from tinygrad_dropout.lab.evidence.coadaptation.experiment import COADAPTATION, SUBJECTS
from tinygrad_dropout.lab.evidence.coadaptation.options import AUTOENCODER, CoadaptationOptions
from tinygrad_dropout.lab.evidence.packed import unpacked

OPTIONS = CoadaptationOptions(hidden=12, train_size=80, autoencoder_epochs=6)


def root_mean_square(differences):
    return np.sqrt(np.mean(np.square(differences, dtype=float)))


def test_a_trial_saves_the_same_values_that_numpy_finds():
    network = trained(COADAPTATION, OPTIONS, AUTOENCODER, WITH, seed=3)
    state, x = weights_of(network.model), network.split.x_test
    np.testing.assert_array_equal(x, network.split.y_test)
    kept = SUBJECTS[AUTOENCODER].examine(OPTIONS, network)
    assert kept["measured"][""] == {"quality": pytest.approx(root_mean_square(forward(state, x) - x), rel=1e-5)}

    activations, weights = forward(state, x, through=1), np.abs(state["1.weight"])
    ginis = [np.abs(row[:, None] - row).mean() / (2 * row.mean()) for row in weights]
    assert kept["measured"]["layer 1"]["activation"] == pytest.approx(activations.mean())
    assert kept["measured"]["layer 1"]["feature_gini"] == pytest.approx(np.mean(ginis), rel=1e-5)
    np.testing.assert_allclose(kept["means"], activations.mean(axis=0), atol=6e-5)
    features = [unpacked(feature, 1) for feature in kept["features"]]
    np.testing.assert_allclose(features, state["1.weight"] / weights.max(axis=1, keepdims=True), atol=0.005)


def test_the_last_bin_has_all_activations_above_it():
    network = trained(COADAPTATION, OPTIONS, AUTOENCODER, WITH, seed=3)
    network.model[1].weight.data *= 20
    activations = forward(weights_of(network.model), network.split.x_test, through=1)
    counts = SUBJECTS[AUTOENCODER].examine(OPTIONS, network)["histogram"]
    assert activations.max() > ACTIVATION_EDGES[-1]
    assert sum(counts) == activations.size
    assert counts[-1] == (activations >= ACTIVATION_EDGES[-2]).sum()


def test_the_error_is_in_units_of_the_inputs_and_the_baseline_is_the_mean_picture():
    outputs, train, test = (np.random.default_rng(seed).normal(size=(7, 5)) for seed in range(3))
    task = Reconstruction(5)
    assert task.scores(outputs, test) == {"rmse": pytest.approx(root_mean_square(outputs - test))}
    assert task.baseline(train, test) == {
        "train_rmse": pytest.approx(train.std(axis=0).dot(train.std(axis=0)) ** 0.5 / 5**0.5),
        "test_rmse": pytest.approx(root_mean_square(test - train.mean(axis=0))),
    }


def test_it_learns_to_reproduce_its_inputs():
    options = CoadaptationOptions(hidden=12, train_size=80, autoencoder_epochs=150)
    network = trained(COADAPTATION, options, AUTOENCODER, WITHOUT, seed=0)
    split = network.split
    mean_picture = Reconstruction(64).baseline(split.y_train, split.y_test)["test_rmse"]
    assert network.final["test_rmse"] < 0.9 * mean_picture


@pytest.mark.parametrize("key", ["means", "histogram", "features"])
def test_a_record_without_the_data_for_the_picture_is_incomplete(key):
    outcome = small_outcome(COADAPTATION)
    record = next(record for record in outcome.records if record["configuration"] == AUTOENCODER)
    assert not COADAPTATION.is_complete(outcome.options, record | {key: record[key][:-1]})
