"""The numbers: both modes of dropout, single units, activations and norms; measuring does not affect training."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout.play.measures import BINS, accuracy_alone, activation_counts, loss_and_accuracy, weight_norms
from tinygrad_dropout.play.settings import Settings
from tinygrad_dropout.play.training import Training


@pytest.fixture
def training():
    training = Training(Settings(width=6, points=40))
    training.train(60)
    return training


def measured(training, name, seed):
    points, model = training.points, training.networks.models[name]
    return loss_and_accuracy(model, points.x_test, points.y_test, None if seed is None else np.random.default_rng(seed))


def test_the_loss_in_evaluation_mode_is_that_with_nothing_dropped(training):
    model, points = training.networks.models["with"], training.points
    model.eval()
    logits = model(td.Tensor(points.x_test))
    model.train()
    loss, accuracy = measured(training, "with", None)
    assert loss == td.functional.cross_entropy(logits, points.y_test).item()
    assert accuracy == np.mean(logits.data.argmax(axis=1) == points.y_test)


def test_training_mode_draws_masks_and_changes_nothing_without_dropout(training):
    assert measured(training, "with", 0) == measured(training, "with", 0) != measured(training, "with", 1)
    assert measured(training, "with", 0) != measured(training, "with", None)
    assert measured(training, "without", 0) == measured(training, "without", None)


def test_without_points_there_is_nothing_to_measure(training):
    model = training.networks.models["with"]
    assert loss_and_accuracy(model, np.empty((0, 2), np.float32), np.empty(0, np.int64), None) is None


def test_measuring_does_not_change_the_training(training):
    other = Training(Settings(width=6, points=40))
    other.train(60)
    measured(other, "with", 0)
    measured(other, "with", None)
    training.train(20)
    other.train(20)
    assert training.networks.losses == other.networks.losses
    assert all(layer.training for layer in other.networks.models["with"].modules())


@pytest.mark.parametrize(
    ("outputs", "labels", "accuracy"),
    [
        ([0.0, 0.1, 0.5, 0.9], [0, 0, 1, 1], 1.0),
        ([0.9, 0.5, 0.1, 0.0], [0, 0, 1, 1], 1.0),  # the other direction
        ([0.0, 0.0, 0.0, 0.0], [0, 0, 1, 1], 0.5),  # no threshold fits between equal outputs
        ([0.0, 0.0, 0.0, 1.0], [0, 0, 1, 1], 0.75),
        ([0.0, 0.0, 0.0, 0.0], [0, 1, 1, 1], 0.75),  # all of them for the larger class
        ([1.0, 2.0, 3.0, 4.0], [0, 1, 0, 1], 0.75),
    ],
)
def test_a_unit_classifies_with_its_best_threshold(outputs, labels, accuracy):
    assert accuracy_alone(np.array(outputs)[:, None], np.array(labels)) == [accuracy]


def test_each_unit_is_judged_separately():
    rng = np.random.default_rng(0)
    outputs, labels = rng.normal(size=(50, 5)).round(1), rng.integers(2, size=50)
    for unit, accuracy in enumerate(accuracy_alone(outputs, labels)):
        column = outputs[:, unit]
        tried = [np.mean((column > threshold) == labels) for threshold in [-9, *column]]
        assert accuracy == pytest.approx(max(max(tried), 1 - min(tried)))


def test_activations_that_are_0_are_counted_separately():
    ((one,),) = [activation_counts([np.array([[0.0, 0.0, 1.0, 2.0]])], [2.0])]
    assert one["zeros"] == 0.5
    assert len(one["counts"]) == BINS
    assert (sum(one["counts"]), one["counts"][-1], one["counts"][BINS // 2]) == (2, 1, 1)


def test_activations_that_are_all_0_have_an_empty_histogram():
    assert activation_counts([np.zeros((3, 2))], [0.0]) == [{"zeros": 1.0, "counts": [0] * BINS}]


def test_norms_are_those_of_each_layers_weights(training):
    model = training.networks.models["with"]
    norms = weight_norms(model)
    assert len(norms) == 3
    assert norms[1] == pytest.approx(np.sqrt((model[4].weight.data ** 2).sum()))
