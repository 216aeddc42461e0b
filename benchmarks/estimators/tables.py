"""The tables: four that scikit-learn brings along, and a large one that it makes up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine, make_classification


@dataclass(frozen=True)
class Table:
    """A table and the column to predict.

    Attributes:
        title: its name, with rows and features.
        load: returns X (float32) and y.
        classes: True for a classification, False for a regression.
    """

    title: str
    load: Callable[[], tuple[Any, Any]]
    classes: bool = True


def large() -> tuple[Any, Any]:
    """50,000 rows of five classes; 5% have a wrong label."""
    return make_classification(
        50_000, n_features=30, n_informative=15, n_classes=5, n_clusters_per_class=3, flip_y=0.05, random_state=0
    )


def diabetes() -> tuple[Any, Any]:
    """The progression in standard deviations: neither network starts anywhere near 150."""
    X, y = load_diabetes(return_X_y=True)
    return X, (y - y.mean()) / y.std()


def in_float32(load: Callable[..., tuple[Any, Any]], **options: Any) -> Callable[[], tuple[Any, Any]]:
    """The loader, with X in float32."""

    def loaded() -> tuple[Any, Any]:
        X, y = load(**options)
        return X.astype(np.float32), y.astype(np.float32 if y.dtype.kind == "f" else np.int64)

    return loaded


TABLES = {
    "digits": Table("digits (1,797 x 64)", in_float32(load_digits, return_X_y=True)),
    "breast_cancer": Table("breast_cancer (569 x 30)", in_float32(load_breast_cancer, return_X_y=True)),
    "wine": Table("wine (178 x 13)", in_float32(load_wine, return_X_y=True)),
    "diabetes": Table("diabetes (442 x 10)", in_float32(diabetes), classes=False),
    "large": Table("make_classification (50,000 x 30)", in_float32(large)),
}
