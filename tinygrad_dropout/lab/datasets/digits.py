"""Handwritten digits: the small data set that is part of scikit-learn."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

import numpy as np

from tinygrad_dropout.lab.arrays import Numbers
from tinygrad_dropout.lab.datasets.split import Table

FILE = "sklearn/datasets/data/digits.csv.gz"  # in the installed package


def load_digits() -> Table:
    """scikit-learn's 1,797 handwritten digits of 8 x 8 pixels, whose values from 0 to 16 are scaled to 0..1."""
    table = read_digits()
    x, y = table[:, :-1].astype(np.float64), table[:, -1].astype(np.int64)
    return Table(x, y, classes=10, default_train_size=500, scale=16.0)


def read_digits() -> Numbers:
    """A row for every digit: 64 pixels and the label; int64, shape (1797, 65).

    The rows are read from scikit-learn's file, because importing scikit-learn takes most of a second. If the file is
    not there, scikit-learn itself loads them.
    """
    file = Path(str(distribution("scikit-learn").locate_file(FILE)))
    if file.is_file():
        return np.loadtxt(file, dtype=np.int64, delimiter=",")
    from sklearn import datasets

    return np.column_stack(datasets.load_digits(return_X_y=True))
