"""How good the estimators are: scikit-learn's MLP, ours without dropout, and ours with a dropout chosen by search.

All have their defaults. A seed splits the table (a quarter is for the test), and seeds the networks; the three see the
same rows, so their scores are compared in pairs.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.estimators.tables import TABLES
from tinygrad_dropout.sklearn import DropoutMLPClassifier, DropoutMLPRegressor

SEEDS = 10
RATES = (0.0, 0.1, 0.2, 0.35, 0.5)
FOLDS = 3


@dataclass(frozen=True)
class Scores:
    """The test scores of one seed: accuracy, or R² for a regression.

    Attributes:
        table, seed: which.
        theirs: scikit-learn's MLP.
        ours: ours with dropout 0.
        searched: ours with the dropout that cross-validation on the training rows chose among `RATES`.
        chosen: that dropout.
        epochs: of theirs and ours.
    """

    table: str
    seed: int
    theirs: float
    ours: float
    searched: float
    chosen: float
    epochs: tuple[int, int]


def measured(table: str, seeds: range) -> Iterator[Scores]:
    """The scores of a table, one seed after the other."""
    X, y = TABLES[table].load()
    classes = TABLES[table].classes
    theirs, ours = (MLPClassifier, DropoutMLPClassifier) if classes else (MLPRegressor, DropoutMLPRegressor)
    for seed in seeds:
        parts = train_test_split(X, y, random_state=seed, stratify=y if classes else None)
        model = make_pipeline(StandardScaler(), ours(dropout=0, random_state=seed))
        key = f"{ours.__name__.lower()}__dropout"
        search = GridSearchCV(clone(model), {key: list(RATES)}, cv=FOLDS)
        scores, epochs = [], []
        for each in (make_pipeline(StandardScaler(), theirs(random_state=seed)), model, search):
            scores.append(fitted_score(each, *parts))
            epochs.append(each[-1].n_iter_ if each is not search else 0)
        yield Scores(table, seed, *scores, chosen=search.best_params_[key], epochs=(epochs[0], epochs[1]))


def fitted_score(model: Any, X_train: Any, X_test: Any, y_train: Any, y_test: Any) -> float:
    """The test score of a model once it is fitted."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # 200 epochs are the default of all of them
        return float(model.fit(X_train, y_train).score(X_test, y_test))
