"""Data sets, and how they are split into a training and a test part. The same seed gives the same split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tinygrad_dropout.lab.arrays import Floats, Labels, Numbers, digest_of
from tinygrad_dropout.lab.datasets.draws import grouped_split, stratified_order
from tinygrad_dropout.lab.errors import OptionError


@dataclass(frozen=True)
class Split:
    """Training and test data, ready for a network.

    Attributes:
        x_train, x_test: float32 arrays of shape (examples, features).
        y_train, y_test: arrays of shape (examples,): int64 labels from 0 to classes - 1, or, for regression, float64
            numbers as they were read.
        groups: for each training example, the number of its group; None if there are no groups.
        x_validation, y_validation: the part of the training data that the network is not trained on; None if there
            is none.
    """

    x_train: Floats
    y_train: Numbers
    x_test: Floats
    y_test: Numbers
    groups: Labels | None = None
    x_validation: Floats | None = None
    y_validation: Numbers | None = None

    def count_repeated(self) -> int:
        """Count the test examples that are also training examples, with the same inputs and the same target."""
        seen = {row.tobytes() for row in joined(self.x_train, self.y_train)}
        return sum(row.tobytes() in seen for row in joined(self.x_test, self.y_test))

    def digest(self) -> str:
        """The SHA-256 of the training and the test arrays, in hexadecimal."""
        return digest_of(self.x_train, self.y_train, self.x_test, self.y_test)


class Dataset(Protocol):
    """Where splits come from.

    Attributes:
        features: the number of columns of x.
        classes: the number of labels; None if the target is numbers (regression).
        default_train_size: the number of training examples if none is given.
        notes: sentences about how the data were read, for the user.
        digest: the SHA-256 of the data, or of what determines them.
    """

    @property
    def features(self) -> int: ...
    @property
    def classes(self) -> int | None: ...
    @property
    def default_train_size(self) -> int: ...
    @property
    def notes(self) -> tuple[str, ...]: ...
    @property
    def digest(self) -> str: ...

    def check_train_size(self, train_size: int) -> None:
        """Raise an OptionError if the data set cannot provide this many training examples."""

    def split(self, train_size: int, rng: np.random.Generator) -> Split:
        """Draw the training examples. The others, or a fixed test set, are the test part."""


@dataclass(frozen=True)
class Table:
    """A fixed table of examples, with or without its own test set.

    The training examples are drawn in the proportions of the classes. Without a test set, all other examples are the
    test set. Groups are not split, so the size of the training part is only close to the requested one.

    Attributes:
        x: numbers of shape (examples, features); NaN stands for the mean of the training part.
        y: int64 labels of shape (examples,), or float64 numbers (regression).
        classes: the number of labels; None for regression.
        default_train_size: the number of training examples if none is given.
        scale: what x is divided by; None to standardize every column, see `standardized`.
        x_test, y_test: the test set, or None.
        groups: for each example, the number of its group, which is never split between the parts; or None.
        notes: sentences about how the table was read, for the user.
    """

    x: Numbers
    y: Numbers
    classes: int | None
    default_train_size: int
    scale: float | None = None
    x_test: Numbers | None = None
    y_test: Numbers | None = None
    groups: Labels | None = None
    notes: tuple[str, ...] = ()

    @property
    def features(self) -> int:
        return int(self.x.shape[1])

    @property
    def digest(self) -> str:
        own_test = () if self.x_test is None or self.y_test is None else (self.x_test, self.y_test)
        groups = () if self.groups is None else (self.groups,)
        return digest_of(self.x, self.y, *own_test, *groups)

    def check_train_size(self, train_size: int) -> None:
        classes = 1 if self.classes is None else np.unique(self.y).size
        most = len(self.y) if self.x_test is not None else len(self.y) - classes
        if not classes <= train_size <= most:
            least = "1" if self.classes is None else f"{classes:,} (one example of each class)"
            kept = "" if self.x_test is not None else " (to leave one of each for testing)"
            kept = " (to leave one for testing)" if kept and self.classes is None else kept
            raise OptionError("train_size", f"expected between {least} and {most:,}{kept}, got {train_size:,}")

    def split(self, train_size: int, rng: np.random.Generator) -> Split:
        if self.groups is None:
            order = rng.permutation(len(self.y)) if self.classes is None else stratified_order(self.y, rng)
            train, rest = order[:train_size], order[train_size:]
        else:
            train, rest = grouped_split(self.groups, None if self.classes is None else self.y, train_size, rng)
        x_test = self.x[rest] if self.x_test is None else self.x_test
        y_test = self.y[rest] if self.y_test is None else self.y_test
        if self.scale is None:
            x_train, x_test = standardized(self.x[train], x_test)
        else:
            x_train, x_test = (x.astype(np.float32) / np.float32(self.scale) for x in (self.x[train], x_test))
        groups = None if self.groups is None else self.groups[train]
        return Split(x_train, self.y[train], x_test, y_test, groups)


def filled(x: Numbers, means: Numbers) -> Numbers:
    """The numbers, with NaN replaced by the column's mean; shapes (examples, features) and (features,)."""
    lacking = np.isnan(x)
    return np.where(lacking, means, x) if lacking.any() else x


def training_means(x_train: Numbers) -> Numbers:
    """The mean of each column without its NaN, shape (features,); 0 for a column of only NaN."""
    present = ~np.isnan(x_train)
    means: Numbers = np.where(present, x_train, 0).sum(axis=0) / np.maximum(present.sum(axis=0), 1)
    return means


def standardized(x_train: Numbers, x_test: Numbers) -> tuple[Floats, Floats]:
    """Subtract the training part's mean from both parts and divide by its standard deviation, column by column.

    NaN is first replaced by the training part's mean. A column that is constant in the training part becomes 0 in both.
    """
    wide = x_train.astype(np.float64)
    means = training_means(wide)
    wide, x_test = filled(wide, means), filled(x_test, means)
    mean, spread = wide.mean(axis=0), np.where(np.ptp(wide, axis=0) > 0, wide.std(axis=0), np.inf)
    return ((wide - mean) / spread).astype(np.float32), ((x_test - mean) / spread).astype(np.float32)


def joined(x: Numbers, y: Numbers) -> Numbers:
    """Inputs and target in one array; -0 becomes 0, so that equal rows have equal bytes."""
    return np.column_stack([x, y]) + 0.0


def randomize_labels(y: Labels, fraction: float, classes: int, rng: np.random.Generator) -> Labels:
    """Replace this fraction of the labels, rounded to whole examples, by labels drawn uniformly from all classes.

    The new label can be the old one: with 10 classes, one in ten of the replaced labels stays right.
    """
    noisy = y.copy()
    chosen = rng.permutation(len(y))[: round(fraction * len(y))]
    noisy[chosen] = rng.integers(classes, size=len(chosen))
    return noisy
