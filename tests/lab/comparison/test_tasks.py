"""What networks predict: losses, scores and baselines, against scikit-learn and by hand."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import accuracy_score, balanced_accuracy_score, log_loss, r2_score, root_mean_squared_error

import tinygrad_dropout as td
from tinygrad_dropout.lab.comparison.tasks import TEST_MEASURES, Classification, Regression, task_of

RNG = np.random.default_rng(0)
LABELS, OTHER_LABELS = RNG.choice(3, 50, p=[0.7, 0.2, 0.1]), RNG.choice(3, 40, p=[0.5, 0.3, 0.2])
NUMBERS, OTHER_NUMBERS = 1e4 + 300 * RNG.normal(size=50), 1e4 + 200 * RNG.normal(size=40)


def test_data_with_classes_are_a_classification_and_others_a_regression():
    assert task_of(3, LABELS) == Classification(3)
    assert task_of(None, NUMBERS) == Regression(NUMBERS.mean(), NUMBERS.std())


def test_scores_of_a_classification_are_scikit_learns():
    outputs = RNG.normal(size=(50, 3))
    scores, predicted = Classification(3).scores(outputs, LABELS), outputs.argmax(axis=1)
    assert scores["accuracy"] == pytest.approx(accuracy_score(LABELS, predicted))
    assert scores["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(LABELS, predicted))
    assert scores["balanced_accuracy"] != pytest.approx(scores["accuracy"])


def test_a_class_that_is_absent_from_the_test_rows_does_not_count():
    assert Classification(4).scores(np.eye(4), np.array([0, 1, 2, 2])) == {
        "accuracy": 0.75, "balanced_accuracy": pytest.approx((1 + 1 + 0.5) / 3),
    }  # fmt: skip


def test_the_loss_of_a_classification_is_scikit_learns_log_loss():
    outputs = RNG.normal(size=(50, 3))
    task = Classification(3)
    loss = task.loss(td.Tensor(outputs), task.targets(LABELS)).item()
    assert loss == pytest.approx(log_loss(LABELS, td.Tensor(outputs).softmax().data))


def test_scores_and_loss_of_a_regression_are_scikit_learns_in_the_units_of_the_target():
    task, outputs = Regression.of(NUMBERS), RNG.normal(size=(40, 1))
    predicted = outputs[:, 0] * NUMBERS.std() + NUMBERS.mean()
    scores = task.scores(outputs, OTHER_NUMBERS)
    assert scores["rmse"] == pytest.approx(root_mean_squared_error(OTHER_NUMBERS, predicted))
    assert scores["r_squared"] == pytest.approx(r2_score(OTHER_NUMBERS, predicted))
    loss = task.loss(td.Tensor(outputs.astype(np.float32)), task.targets(OTHER_NUMBERS)).item()
    assert loss == pytest.approx((scores["rmse"] / NUMBERS.std()) ** 2, rel=1e-5)


def test_targets_of_a_regression_are_standardized_by_the_training_part():
    targets = Regression.of(NUMBERS).targets(NUMBERS)
    assert (targets.shape, targets.dtype) == ((50, 1), np.float32)
    assert (targets.mean(), targets.std()) == pytest.approx((0, 1), abs=1e-5)


@pytest.mark.parametrize(("output", "expected"), [(0, 1), (1, 0)])
def test_for_equal_targets_r_squared_is_one_or_zero(output, expected):
    task = Regression.of(np.full(5, 7.0))
    assert task.targets(np.full(5, 7.0)).tolist() == [[0]] * 5
    assert task.scores(np.full((3, 1), output), np.full(3, 7.0))["r_squared"] == expected
    assert r2_score(np.full(3, 7.0), np.full(3, 7.0 + output)) == expected


def test_the_baseline_of_a_classification_is_scikit_learns_dummy():
    baseline = Classification(3).baseline(LABELS, OTHER_LABELS)
    x, others = np.zeros((50, 1)), np.zeros((40, 1))
    dummy = DummyClassifier(strategy="most_frequent").fit(x, LABELS)
    assert baseline["train_accuracy"] == pytest.approx(dummy.score(x, LABELS))
    assert baseline["test_accuracy"] == pytest.approx(dummy.score(others, OTHER_LABELS))
    assert baseline["test_balanced_accuracy"] == pytest.approx(1 / 3)
    dummy = DummyClassifier(strategy="prior").fit(x, LABELS)
    assert baseline["train_loss"] == pytest.approx(log_loss(LABELS, dummy.predict_proba(x)), rel=0.02)
    prior = dummy.predict_proba(others)
    assert baseline["test_loss"] == pytest.approx(log_loss(OTHER_LABELS, prior), rel=0.02)  # a row more of each class


def test_the_baseline_is_finite_even_if_the_training_rows_lack_a_class():
    baseline = Classification(3).baseline(np.array([0, 0, 1]), np.array([2, 0]))
    assert baseline["test_loss"] == pytest.approx(-(np.log(1 / 6) + np.log(3 / 6)) / 2)


def test_the_baseline_of_a_regression_is_scikit_learns_dummy():
    baseline = Regression.of(NUMBERS).baseline(NUMBERS, OTHER_NUMBERS)
    predicted = DummyRegressor().fit(np.zeros((50, 1)), NUMBERS).predict(np.zeros((40, 1)))
    assert baseline["test_rmse"] == pytest.approx(root_mean_squared_error(OTHER_NUMBERS, predicted))
    assert baseline["test_r_squared"] == pytest.approx(r2_score(OTHER_NUMBERS, predicted))
    assert baseline["train_rmse"] == pytest.approx(NUMBERS.std())
    assert baseline["train_loss"] == pytest.approx(1, rel=1e-5)


@pytest.mark.parametrize("value", [0.1, 7.77, 1e9 + 0.1])
@pytest.mark.parametrize("rows", [7, 20, 28, 37])
def test_equal_targets_are_only_centered_even_if_their_mean_is_rounded(value, rows):
    """NumPy's standard deviation of 28 times 0.1 is 1.4e-17: 0.3 would be standardized to 1e16."""
    y = np.full(rows, value)
    assert Regression.of(y) == Regression(value, 1.0)
    assert Regression.of(y).baseline(y, y + 0.5)["train_loss"] == 0
    assert Regression.of(y).baseline(y, y + 0.5)["test_loss"] == pytest.approx(0.25)


@pytest.mark.parametrize("classes", [3, None])
def test_every_measure_of_a_verdict_is_measured_and_has_a_baseline(classes):
    y, others = (LABELS, OTHER_LABELS) if classes else (NUMBERS, OTHER_NUMBERS)
    task = task_of(classes, y)
    measured = {f"test_{name}" for name in task.scores(np.zeros((40, task.outputs)), others)} | {"test_loss"}
    assert TEST_MEASURES[classes is None].keys() <= measured
    assert TEST_MEASURES[classes is None].keys() <= task.baseline(y, others).keys()
