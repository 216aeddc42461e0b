"""What every data set can do: be split into a training and a test part, the same way for the same seed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.lab.errors import OptionError

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]
Numbers = npt.NDArray[Any]


@dataclass(frozen=True)
class Split:
    """Training and test data, ready for a network.

    Attributes:
        x_train, x_test: float32 arrays of shape (examples, features).
        y_train, y_test: int64 arrays of shape (examples,), labels from 0 to classes - 1.
    """

    x_train: Floats
    y_train: Labels
    x_test: Floats
    y_test: Labels

    def digest(self) -> str:
        """The SHA-256 of all four arrays."""
        return digest_of(self.x_train, self.y_train, self.x_test, self.y_test)


class Dataset(Protocol):
    """Where splits come from.

    Attributes:
        features: the number of columns of x.
        classes: the number of labels.
        default_train_size: how many training examples there are if nobody says.
        digest: the SHA-256 of the data, or of what determines them; data with another digest give other numbers.
    """

    @property
    def features(self) -> int: ...
    @property
    def classes(self) -> int: ...
    @property
    def default_train_size(self) -> int: ...
    @property
    def digest(self) -> str: ...

    def check_train_size(self, train_size: int) -> None:
        """Raise an OptionError if there cannot be that many training examples."""

    def split(self, train_size: int, rng: np.random.Generator) -> Split:
        """Draw the training examples; what is left, or a fixed test set, is the test part."""


@dataclass(frozen=True)
class Table:
    """A fixed table of examples, with a test set of its own or without one.

    The training examples are drawn in the proportions of the classes. Without a test set of its own, all other
    examples are the test set.

    Attributes:
        x: numbers of shape (examples, features).
        y: int64 labels of shape (examples,).
        classes: the number of labels.
        default_train_size: how many training examples there are if nobody says.
        scale: what x is divided by; None to standardise every column by the training part's mean and spread.
        x_test, y_test: the test set, or None.
    """

    x: Numbers
    y: Labels
    classes: int
    default_train_size: int
    scale: float | None = None
    x_test: Numbers | None = None
    y_test: Labels | None = None

    @property
    def features(self) -> int:
        return int(self.x.shape[1])

    @property
    def digest(self) -> str:
        own_test = () if self.x_test is None or self.y_test is None else (self.x_test, self.y_test)
        return digest_of(self.x, self.y, *own_test)

    def check_train_size(self, train_size: int) -> None:
        classes = np.unique(self.y).size
        most = len(self.y) if self.x_test is not None else len(self.y) - classes
        if not classes <= train_size <= most:
            kept = "" if self.x_test is not None else ", which leaves one of each for the test"
            raise OptionError(
                "train_size",
                f"expected between {classes:,} (one example of each class) and {most:,}{kept}, got {train_size:,}",
            )

    def split(self, train_size: int, rng: np.random.Generator) -> Split:
        order = stratified_order(self.y, rng)
        train, rest = order[:train_size], order[train_size:]
        x_test = self.x[rest] if self.x_test is None else self.x_test
        y_test = self.y[rest] if self.y_test is None else self.y_test
        if self.scale is None:
            x_train, x_test = standardised(self.x[train], x_test)
        else:
            x_train, x_test = (x.astype(np.float32) / np.float32(self.scale) for x in (self.x[train], x_test))
        return Split(x_train, self.y[train], x_test, y_test)


def stratified_order(y: Labels, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """A random order of the examples, every beginning of which has (nearly) the proportions of the classes.

    One example of every class comes before all others and, where a class has two, one comes after all others: so
    whatever the order is cut into, no class is missing on either side.
    """
    order = rng.permutation(len(y))
    place = np.empty(len(y))
    for label in np.unique(y):
        members = np.flatnonzero(y[order] == label)
        place[members] = np.linspace(0, 1, len(members))
    return order[np.argsort(place, kind="stable")]


def standardised(x_train: Numbers, x_test: Numbers) -> tuple[Floats, Floats]:
    """Both parts minus the training part's mean, over its standard deviation, column by column.

    A column that is constant in the training part says nothing, and is 0 in both.
    """
    wide = x_train.astype(np.float64)
    mean, spread = wide.mean(axis=0), np.where(np.ptp(wide, axis=0) > 0, wide.std(axis=0), np.inf)
    return ((wide - mean) / spread).astype(np.float32), ((x_test - mean) / spread).astype(np.float32)


def randomise_labels(y: Labels, fraction: float, classes: int, rng: np.random.Generator) -> Labels:
    """Replace that fraction of the labels, rounded to whole examples, by labels drawn evenly from all classes.

    A label can be drawn that was there before: of 10 classes, one in ten of the replaced labels stays right.
    """
    noisy = y.copy()
    chosen = rng.permutation(len(y))[: round(fraction * len(y))]
    noisy[chosen] = rng.integers(classes, size=len(chosen))
    return noisy


def digest_of(*arrays: Numbers) -> str:
    """The SHA-256 of the arrays' shapes, dtypes and contents, in hexadecimal."""
    total = hashlib.sha256()
    for array in arrays:
        total.update(f"{array.dtype.str}{array.shape}".encode())
        total.update(np.ascontiguousarray(array).data)
    return total.hexdigest()
