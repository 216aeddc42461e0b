"""The task of a network, classification or regression: its outputs, its loss, and its scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tinygrad_dropout import functional as F
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.lab.arrays import Labels, Numbers
from tinygrad_dropout.lab.comparison.measures import ACCURACY, BALANCED_ACCURACY, LOG_LOSS, R_SQUARED, RMSE, Measure

TEST_MEASURES: dict[bool, dict[str, Measure]] = {
    False: {"test_accuracy": ACCURACY, "test_balanced_accuracy": BALANCED_ACCURACY, "test_loss": LOG_LOSS},
    True: {"test_rmse": RMSE, "test_r_squared": R_SQUARED},
}
"""The measures on the test rows, by whether the task is a regression. The verdict is about the first."""


class Task(Protocol):
    """What a network should predict.

    Attributes:
        outputs: the number of outputs of the network.
        score: the measure that is also taken on the training rows.
    """

    @property
    def outputs(self) -> int: ...
    @property
    def score(self) -> str: ...

    def targets(self, y: Numbers) -> Numbers:
        """The targets in the form that the loss takes."""

    def loss(self, outputs: Tensor, targets: Numbers, reduction: str = "mean") -> Tensor:
        """The loss of some rows."""

    def scores(self, outputs: Numbers, y: Numbers) -> dict[str, float]:
        """Score the predictions.

        Args:
            outputs: the outputs of the network, shape (examples, outputs).
            y: the targets as they were read, shape (examples,).
        """

    def baseline(self, y_train: Numbers, y_test: Numbers) -> dict[str, float]:
        """The measures of a prediction that ignores the inputs and only knows the training targets."""


@dataclass(frozen=True)
class Classification:
    """Predict one of `outputs` classes; the loss is cross-entropy in nats."""

    outputs: int
    score: str = "accuracy"

    def targets(self, y: Labels) -> Labels:
        return y

    def loss(self, outputs: Tensor, targets: Labels, reduction: str = "mean", *, label_smoothing: float = 0) -> Tensor:
        return F.cross_entropy(outputs, targets, label_smoothing=label_smoothing, reduction=reduction)

    def scores(self, outputs: Numbers, y: Labels) -> dict[str, float]:
        """accuracy: the fraction of right answers; balanced_accuracy: its mean over the classes present."""
        right = outputs.argmax(axis=1) == y
        rows = np.bincount(y, minlength=self.outputs)
        of_each = np.bincount(y, weights=right, minlength=self.outputs)[rows > 0] / rows[rows > 0]
        return {"accuracy": int(right.sum()) / len(y), "balanced_accuracy": float(of_each.mean())}

    def baseline(self, y_train: Labels, y_test: Labels) -> dict[str, float]:
        """Always predict the most common class; for the loss, the frequency of each class.

        Every class counts as seen once more, because a class missing from the training rows would make the loss
        infinite.
        """
        rows = np.bincount(y_train, minlength=self.outputs)
        surprise = -np.log((rows + 1) / (rows + 1).sum())
        scores = self.scores(np.tile(rows, (len(y_test), 1)), y_test)
        return {
            "train_loss": float(surprise[y_train].mean()),
            "train_accuracy": int(rows.max()) / len(y_train),
            "test_loss": float(surprise[y_test].mean()),
            **{f"test_{name}": value for name, value in scores.items()},
        }


@dataclass(frozen=True)
class Regression:
    """Predict a number; the loss is the mean squared error of the standardized target.

    Attributes:
        mean, spread: the mean and the standard deviation of the training targets.
    """

    mean: float
    spread: float
    outputs: int = 1
    score: str = "rmse"

    @classmethod
    def of(cls, y_train: Numbers) -> Regression:
        """The task for these training targets, which are standardized; equal targets are only centered."""
        if np.ptp(y_train) == 0:  # rounding can change the mean of equal numbers, and `std` would be that error
            return cls(float(y_train[0]), 1.0)
        return cls(float(y_train.mean()), float(y_train.std()))

    def targets(self, y: Numbers) -> Numbers:
        return ((y - self.mean) / self.spread).astype(np.float32)[:, np.newaxis]

    def loss(self, outputs: Tensor, targets: Numbers, reduction: str = "mean") -> Tensor:
        return F.mse_loss(outputs, targets, reduction=reduction)

    def scores(self, outputs: Numbers, y: Numbers) -> dict[str, float]:
        """rmse: the root of the mean squared error, in the target's units; r_squared: 1 - MSE / variance of y.

        If all targets are equal, R² is 1 for a perfect prediction and 0 otherwise, as in scikit-learn.
        """
        error = float(np.square(outputs[:, 0].astype(float) * self.spread + self.mean - y).mean())
        variance = float(y.var())
        return {"rmse": error**0.5, "r_squared": 1 - error / variance if variance else float(error == 0)}

    def baseline(self, y_train: Numbers, y_test: Numbers) -> dict[str, float]:
        """Always predict the mean of the training targets."""
        measured = {}
        for part, y in (("train", y_train), ("test", y_test)):
            measured[f"{part}_loss"] = float(np.square(self.targets(y)).mean())
            scores = self.scores(np.zeros((len(y), 1)), y)
            measured |= {f"{part}_{name}": value for name, value in scores.items()}
        return measured


def task_of(classes: int | None, y_train: Numbers) -> Task:
    """The task for this number of classes, or a regression if it is None."""
    return Regression.of(y_train) if classes is None else Classification(classes)
