"""Small data of every kind that the estimators accept, and estimators that fit it in a few milliseconds."""

import numpy as np

from tinygrad_dropout.sklearn import DropoutMLPClassifier, DropoutMLPRegressor

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 5))
BINARY = (X[:, 0] + 0.3 * RNG.normal(size=60) > 0).astype(int)
CLASSES = np.digitize(X[:, 0], [-0.5, 0.5])
LABELS = (X[:, :3] > 0).astype(int)
VALUES = X[:, 0] + 0.1 * RNG.normal(size=60)
TWO_VALUES = np.c_[VALUES, 3 * X[:, 1]]
WEIGHTS = RNG.uniform(0.1, 2, 60)

#: So few epochs that a fit ends with a ConvergenceWarning, which the tests ignore.
FEW_EPOCHS = {"hidden_layer_sizes": (6, 4), "max_iter": 4, "random_state": 0, "batch_size": 20}


def classifier(**options):
    return DropoutMLPClassifier(**{**FEW_EPOCHS, **options})


def regressor(**options):
    return DropoutMLPRegressor(**{**FEW_EPOCHS, **options})


def weights_of(model):
    return [*model.coefs_, *model.intercepts_]


def assert_same_bits(one, other):
    """Assert that two fitted estimators have the same weights and the same history."""
    for a, b in zip(weights_of(one), weights_of(other), strict=True):
        np.testing.assert_array_equal(a, b)
    assert one.loss_curve_ == other.loss_curve_
    assert one.validation_scores_ == other.validation_scores_
