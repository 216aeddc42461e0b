"""Who fits: scikit-learn's MLP, ours without and with dropout, and the same network with dropout in skorch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor

from tinygrad_dropout.sklearn import DropoutMLPClassifier, DropoutMLPRegressor

P = 0.2
NEVER = 10**9  # epochs without improvement before training stops


@dataclass(frozen=True)
class Job:
    """A fit that is the same for all contenders: the same epochs and batches, with Adam at 0.001."""

    classes: bool
    hidden: tuple[int, ...]
    batch_size: int
    epochs: int

    def settings(self) -> dict[str, Any]:
        """As scikit-learn's estimators and ours take them."""
        return {
            "hidden_layer_sizes": self.hidden,
            "batch_size": self.batch_size,
            "max_iter": self.epochs,
            "n_iter_no_change": NEVER,
            "random_state": 0,
        }


def sklearn_mlp(job: Job, X: Any, y: Any) -> Any:
    """scikit-learn's own, which has no dropout."""
    return (MLPClassifier if job.classes else MLPRegressor)(**job.settings()).fit(X, y)


def ours(job: Job, X: Any, y: Any, dropout: float = 0.0) -> Any:
    """Ours, with the same settings."""
    kind = DropoutMLPClassifier if job.classes else DropoutMLPRegressor
    return kind(dropout=dropout, **job.settings()).fit(X, y)


def ours_with_dropout(job: Job, X: Any, y: Any) -> Any:
    """Ours with dropout."""
    return ours(job, X, y, P)


def in_skorch(job: Job, X: Any, y: Any) -> Any:
    """The same network with dropout in PyTorch, trained by skorch without a validation."""
    import torch
    from skorch import NeuralNetClassifier, NeuralNetRegressor

    outputs = len(np.unique(y)) if job.classes else 1
    layers: list[Any] = []
    for inputs, units in pairwise((X.shape[1], *job.hidden)):
        layers += [torch.nn.Linear(inputs, units), torch.nn.ReLU(), torch.nn.Dropout(P)]
    network = torch.nn.Sequential(*layers, torch.nn.Linear(job.hidden[-1], outputs))
    kind = NeuralNetClassifier if job.classes else NeuralNetRegressor
    return kind(
        network,
        criterion=torch.nn.CrossEntropyLoss if job.classes else torch.nn.MSELoss,
        optimizer=torch.optim.Adam,
        lr=1e-3,
        optimizer__weight_decay=1e-4 / job.batch_size,
        batch_size=job.batch_size,
        max_epochs=job.epochs,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
    ).fit(X, y if job.classes else y.reshape(-1, 1))


CONTENDERS: dict[str, Callable[[Job, Any, Any], Any]] = {
    "scikit-learn": sklearn_mlp,
    "ours, dropout 0": ours,
    f"ours, dropout {P}": ours_with_dropout,
    f"skorch, dropout {P}": in_skorch,
}
#: Those whose memory Python's tracemalloc sees; PyTorch allocates its own.
TRACED = tuple(CONTENDERS)[:3]
