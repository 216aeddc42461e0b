"""Without dropout, in float64, each step is scikit-learn's: the same batches and epochs give the same weights."""

import inspect

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier, MLPRegressor

from tests.sklearn.data import (
    BINARY,
    CLASSES,
    LABELS,
    TWO_VALUES,
    VALUES,
    WEIGHTS,
    X,
    classifier,
    regressor,
    weights_of,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

KINDS = {
    "binary": (classifier, MLPClassifier, BINARY),
    "classes": (classifier, MLPClassifier, CLASSES),
    "labels": (classifier, MLPClassifier, LABELS),
    "value": (regressor, MLPRegressor, VALUES),
    "values": (regressor, MLPRegressor, TWO_VALUES),
}
TINY = 1e-300  # adam's epsilon is so small that its place makes no difference
SGD = {"solver": "sgd", "learning_rate_init": 0.05}


def both(kind, sample_weight=None, **options):
    """Our estimator and scikit-learn's, fitted from the same initial weights, which a fit of one epoch prepares."""
    ours_of, theirs_of, y = KINDS[kind]
    options = {"hidden_layer_sizes": (6, 4), "batch_size": 20, "shuffle": False, "alpha": 0, "max_iter": 6, **options}
    ours = ours_of(dropout=0, dtype="float64", warm_start=True, **options)
    theirs = theirs_of(warm_start=True, random_state=0, **options)
    for model in (ours, theirs):
        model.set_params(max_iter=1).fit(X, y)
        model.set_params(max_iter=options["max_iter"])
        model.loss_curve_, model.t_ = [], 0
    theirs._no_improvement_count = 0
    if theirs.early_stopping:
        theirs.validation_scores_, theirs.best_validation_score_, ours.validation_scores_ = [], -np.inf, []
    else:
        theirs.best_loss_ = np.inf
    for mine, their in zip(weights_of(ours), weights_of(theirs), strict=True):
        mine[...] = their
    if sample_weight is None:
        return [model.fit(X, y) for model in (ours, theirs)]
    if "sample_weight" not in inspect.signature(theirs.fit).parameters:
        pytest.skip("scikit-learn's MLP accepts weights from 1.7 on")
    return [model.fit(X, y, sample_weight=sample_weight) for model in (ours, theirs)]


def assert_agree(ours, theirs):
    for mine, their in zip(weights_of(ours), weights_of(theirs), strict=True):
        np.testing.assert_allclose(mine, their, rtol=1e-9, atol=1e-12)
    assert (ours.n_iter_, ours.t_) == (theirs.n_iter_, theirs.t_)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "options",
    [
        {"epsilon": TINY},
        {"epsilon": TINY, "batch_size": 25},
        {"epsilon": TINY, "alpha": 0.5, "beta_1": 0.8, "beta_2": 0.99},
        {"epsilon": TINY, "alpha": 0.5, "batch_size": "auto", "sample_weight": WEIGHTS},
        SGD,
        {**SGD, "momentum": 0},
        {**SGD, "nesterovs_momentum": False, "alpha": 0.5},
        {**SGD, "momentum": 0, "learning_rate": "invscaling", "power_t": 0.4},
        {**SGD, "momentum": 0, "learning_rate": "adaptive", "tol": 0.02, "n_iter_no_change": 2, "max_iter": 300},
        {**SGD, "activation": "tanh"},
        {**SGD, "activation": "logistic"},
        {**SGD, "activation": "identity", "hidden_layer_sizes": ()},
        {"epsilon": TINY, "tol": 0.01, "n_iter_no_change": 3, "learning_rate_init": 0.02, "max_iter": 300},
    ],
    ids=lambda options: ", ".join(f"{key}={value}" for key, value in options.items() if key != "sample_weight"),
)
def test_the_same_steps_from_the_same_weights(kind, options):
    if kind == "values" and "tol" in options:
        options = {
            **options,
            "tol": 0,
            "max_iter": 6,
        }  # the loss differs, so improvements do too
    ours, theirs = both(kind, **options)
    assert_agree(ours, theirs)
    assert ours.n_iter_ < 300
    if kind != "values" and not ours.alpha:
        np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_, rtol=1e-9)
        assert ours.best_loss_ == pytest.approx(theirs.best_loss_, rel=1e-9)


def test_adaptive_ends_training_when_the_rate_is_too_small():
    ours, theirs = both("value", **SGD, momentum=0, learning_rate="adaptive", tol=10, n_iter_no_change=1, max_iter=300)
    assert ours.n_iter_ == theirs.n_iter_ < 40
    assert ours._optimizer.param_groups[0]["lr"] == pytest.approx(theirs._optimizer.learning_rate, rel=1e-9)


@pytest.mark.parametrize("kind", ["binary", "value"])
def test_early_stopping_stops_in_the_same_epoch_with_the_same_scores_and_weights_as_scikit_learn(kind):
    ours, theirs = both(kind, early_stopping=True, n_iter_no_change=3, epsilon=TINY, max_iter=200)
    assert_agree(ours, theirs)
    assert ours.n_iter_ < 200
    assert ours.validation_scores_ == pytest.approx(theirs.validation_scores_, rel=1e-9)
    assert ours.best_validation_score_ == pytest.approx(theirs.best_validation_score_, rel=1e-9)
    assert ours.best_loss_ is theirs.best_loss_ is None


@pytest.mark.parametrize("kind", ["binary", "classes", "value"])
def test_the_initial_weights_are_drawn_from_scikit_learns_range(kind):
    ours_of, theirs_of, y = KINDS[kind]
    for activation in ("relu", "logistic"):
        options = {"hidden_layer_sizes": (300,), "activation": activation, "learning_rate_init": 1e-9, "max_iter": 1}
        ours = ours_of(dropout=0, **{**options, "random_state": 0}).fit(X, y)
        theirs = theirs_of(random_state=0, **options).fit(X, y)
        for mine, their in zip(weights_of(ours), weights_of(theirs), strict=True):
            if mine.size > 100:
                assert np.abs(mine).max() == pytest.approx(np.abs(their).max(), rel=0.05)
                assert np.std(mine) == pytest.approx(np.std(their), rel=0.1)


def test_epsilon_is_added_after_the_bias_correction_as_in_pytorch():
    ours, theirs = both("value", epsilon=1e-2, max_iter=1)
    steps = [abs(mine - their).max() for mine, their in zip(weights_of(ours), weights_of(theirs), strict=True)]
    assert max(steps) > 1e-5


def test_the_loss_curve_excludes_the_penalty():
    ours, theirs = both("value", alpha=5.0, max_iter=1, batch_size=60, learning_rate_init=1e-12)
    penalty = 5.0 / 2 * sum((weight**2).sum() for weight in ours.coefs_) / 60
    assert theirs.loss_ - ours.loss_ == pytest.approx(penalty, rel=1e-9)


def test_the_loss_is_summed_over_several_targets():
    ours, theirs = both("values", max_iter=1, batch_size=60)
    assert ours.loss_ == pytest.approx(2 * theirs.loss_, rel=1e-12)
