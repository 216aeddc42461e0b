"""The pools of pairs on which make_intervals.py measures: their tables and networks, and the training of a pair.

The scikit-learn estimators train the networks, so that every measure can be computed. The two networks of a pair differ
only in dropout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from sklearn import datasets, metrics
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from tinygrad_dropout.lab.comparison.measures import ACCURACY, BALANCED_ACCURACY, LOG_LOSS, R_SQUARED, RMSE, Measure
from tinygrad_dropout.lab.datasets import randomize_labels
from tinygrad_dropout.sklearn import DropoutMLPClassifier, DropoutMLPRegressor

PAIRS_IN_A_POOL = 300

LIKE_COMPARE = {
    "hidden_layer_sizes": (256, 256),
    "dropout": 0.5,
    "input_dropout": 0.2,
    "max_iter": 80,
    "batch_size": 64,
}
SMALLER = LIKE_COMPARE | {"hidden_layer_sizes": (64, 64), "max_iter": 40, "batch_size": 32}
HARDLY_ANY = SMALLER | {"dropout": 0.02, "input_dropout": 0.0}
SOMETIMES_FAILS = {
    "hidden_layer_sizes": (16, 16, 16), "dropout": 0.1, "input_dropout": 0.0, "max_iter": 20, "batch_size": 32,
    "solver": "sgd", "learning_rate_init": 0.25, "max_norm": 3.0,
}  # fmt: skip
RARELY_FAILS = {
    "hidden_layer_sizes": (4, 4, 4), "dropout": 0.2, "input_dropout": 0.0, "max_iter": 20, "batch_size": 32,
    "learning_rate_init": 0.03,
}  # fmt: skip

Load = Callable[[], tuple[Any, Any]]


def noisy(rows: int, rare: float = 0.5, wrong: float = 0.3) -> tuple[Any, Any]:
    """Make two classes: `rare` is the share of the second class, `wrong` the share of labels made random."""
    table = datasets.make_classification(
        rows, n_features=10, n_informative=5, weights=[1 - rare], flip_y=wrong, random_state=0
    )
    return table[0], table[1]


def friedman(rows: int, target: Callable[[Any], Any] = np.asarray) -> tuple[Any, Any]:
    """Make Friedman's first regression problem and transform its target."""
    X, y = datasets.make_friedman1(rows, noise=1, random_state=0)
    return X, target(y)


def exponential(y: Any) -> Any:
    """Give the target a long tail."""
    return np.exp(y / 4)


moons = partial(datasets.make_moons, noise=0.3, random_state=0)
iris, wine, cancer, digits, diabetes = (
    partial(getattr(datasets, f"load_{name}"), return_X_y=True)
    for name in ("iris", "wine", "breast_cancer", "digits", "diabetes")
)


@dataclass(frozen=True)
class Pool:
    """How the pairs of a pool are made.

    Attributes:
        load: returns the table.
        train_rows: the number of training rows in each split; the other rows are test rows.
        options: the options of the network with dropout.
        label_noise: the fraction of training labels that are replaced with random ones.
        regression: whether the target is a number rather than a class.
    """

    load: Load
    train_rows: int
    options: dict[str, Any]
    label_noise: float = 0.0
    regression: bool = False

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The measures of the pool's networks."""
        return (RMSE, R_SQUARED) if self.regression else (ACCURACY, BALANCED_ACCURACY, LOG_LOSS)


POOLS = {
    "noisy classes, 15 test rows": Pool(partial(noisy, 50), 35, SMALLER),
    "iris": Pool(iris, 105, LIKE_COMPARE),
    "iris, hardly any dropout": Pool(iris, 105, HARDLY_ANY),
    "wine": Pool(wine, 124, LIKE_COMPARE),
    "wine, training sometimes fails": Pool(wine, 124, SOMETIMES_FAILS),
    "noisy classes, 45 test rows": Pool(partial(noisy, 150), 105, SMALLER),
    "a class of 10%": Pool(partial(noisy, 150, 0.1, 0.05), 105, SMALLER),
    "breast cancer": Pool(cancer, 398, SMALLER),
    "breast cancer, hardly any dropout": Pool(cancer, 398, HARDLY_ANY),
    "breast cancer, training rarely fails": Pool(cancer, 398, RARELY_FAILS),
    "two moons, 150 test rows": Pool(partial(moons, 500), 350, SMALLER),
    "noisy classes, 150 test rows": Pool(partial(noisy, 500), 350, SMALLER),
    "a class of 5%": Pool(partial(noisy, 500, 0.05, 0.02), 350, SMALLER),
    "digits": Pool(digits, 500, SMALLER),
    "digits, noisy labels": Pool(digits, 500, LIKE_COMPARE, label_noise=0.2),
    "two moons, 1,300 test rows": Pool(partial(moons, 1500), 200, SMALLER),
    "a class of 3%": Pool(partial(noisy, 1500, 0.03, 0.01), 200, SMALLER),
    "Friedman 1, 45 test rows": Pool(partial(friedman, 150), 105, SMALLER, regression=True),
    "Friedman 1 with a long tail": Pool(partial(friedman, 150, exponential), 105, SMALLER, regression=True),
    "diabetes": Pool(diabetes, 309, SMALLER, regression=True),
    "Friedman 1, 1,300 test rows": Pool(partial(friedman, 1500), 200, SMALLER, regression=True),
}


def pair(pool: Pool, X: Any, y: Any, seed: int) -> Any:
    """Train a pair; return the measures of its two networks, without and with dropout, of shape (2, measures)."""
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, train_size=pool.train_rows, random_state=seed, stratify=None if pool.regression else y
    )
    scaler = StandardScaler().fit(X_train)
    X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)
    values = []
    for options in (pool.options | {"dropout": 0.0, "input_dropout": 0.0}, pool.options):
        settings = {**options, "alpha": 0, "n_iter_no_change": options["max_iter"], "random_state": seed}
        if pool.regression:
            mean, spread = y_train.mean(), y_train.std()
            model = DropoutMLPRegressor(**settings).fit(X_train, (y_train - mean) / spread)
            predicted = model.predict(X_test) * spread + mean
            values.append([metrics.root_mean_squared_error(y_test, predicted), metrics.r2_score(y_test, predicted)])
        else:
            labels = randomize_labels(y_train, pool.label_noise, len(np.unique(y)), np.random.default_rng(seed))
            model = DropoutMLPClassifier(**settings).fit(X_train, labels)
            probabilities = model.predict_proba(X_test).astype(float)
            predicted = model.classes_[probabilities.argmax(axis=1)]
            probabilities = np.clip(probabilities / probabilities.sum(axis=1, keepdims=True), 1e-15, 1)
            values.append([
                metrics.accuracy_score(y_test, predicted),
                metrics.balanced_accuracy_score(y_test, predicted),
                metrics.log_loss(y_test, probabilities, labels=model.classes_),
            ])  # fmt: skip
    return np.array(values)


def differences(name: str, pairs: int = PAIRS_IN_A_POOL) -> dict[str, Any]:
    """Train the pool; return its differences to save: accuracies as numbers of test rows, others to four digits."""
    pool = POOLS[name]
    X, y = pool.load()
    rows = len(y) - pool.train_rows
    without, with_dropout = np.moveaxis([pair(pool, X, y, seed) for seed in range(pairs)], 1, 0)
    found = dict(zip(pool.measures, (with_dropout - without).T, strict=True))
    return {
        "test_rows": rows,
        "differences": {
            measure.name: [round(rows * each) if measure is ACCURACY else float(f"{each:.4g}") for each in values]
            for measure, values in found.items()
        },
    }
