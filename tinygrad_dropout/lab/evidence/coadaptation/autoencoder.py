"""The autoencoder of co-adaptation, as in figures 7 and 8 of Srivastava et al. (2014), but for 8 x 8 pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tinygrad_dropout import functional as F
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.lab.arrays import Numbers
from tinygrad_dropout.lab.comparison.tasks import Task
from tinygrad_dropout.lab.comparison.training import Streams
from tinygrad_dropout.lab.datasets.split import Split
from tinygrad_dropout.lab.evidence.coadaptation.claims import IN_AUTOENCODER, LAYERS, NETWORK
from tinygrad_dropout.lab.evidence.coadaptation.layer import Layer
from tinygrad_dropout.lab.evidence.coadaptation.options import CoadaptationOptions
from tinygrad_dropout.lab.evidence.coadaptation.statistics import activation_measures, gini
from tinygrad_dropout.lab.evidence.examined import Subject, Trained
from tinygrad_dropout.lab.evidence.many import Compared
from tinygrad_dropout.lab.evidence.packed import packed, unpacked
from tinygrad_dropout.lab.trials import Options, Record

FEATURES = 36  # saved for the picture, or all if there are fewer units
ACTIVATION_EDGES = np.linspace(0, 2, 41)  # of the histogram of activations


@dataclass(frozen=True)
class Reconstruction:
    """The task of reproducing the inputs; the loss is the mean squared error.

    Attributes:
        outputs: the number of features of an input.
    """

    outputs: int
    score: str = "rmse"

    def targets(self, y: Numbers) -> Numbers:
        return y

    def loss(self, outputs: Tensor, targets: Numbers, reduction: str = "mean") -> Tensor:
        return F.mse_loss(outputs, targets, reduction=reduction)

    def scores(self, outputs: Numbers, y: Numbers) -> dict[str, float]:
        return {"rmse": float(np.square(outputs - y).mean() ** 0.5)}

    def baseline(self, y_train: Numbers, y_test: Numbers) -> dict[str, float]:
        """The error of always predicting the mean picture of the training part."""
        parts = {"train_rmse": y_train, "test_rmse": y_test}
        return {name: float(np.square(y - y_train.mean(axis=0)).mean() ** 0.5) for name, y in parts.items()}


class Autoencoder(Subject):
    """A network with one hidden layer that reproduces pictures of digits."""

    parts = IN_AUTOENCODER

    def problem(self, setting: Compared, streams: Streams) -> tuple[Split, Task]:
        """The pictures, which are their own targets."""
        split, _ = super().problem(setting, streams)
        pictures = Split(split.x_train, split.x_train, split.x_test, split.x_test)
        return pictures, Reconstruction(split.x_train.shape[1])

    def examine(self, options: CoadaptationOptions, trained: Trained) -> dict[str, Any]:
        """Measure what figures 7 and 8 show: the hidden layer's weights, and its activations on the test part.

        Returns:
            measured; features: the incoming weights of the first units, packed, each divided by its largest; means:
            the mean activation of every unit; histogram: the number of activations in each bin of `ACTIVATION_EDGES`;
            the last bin includes those above it.
        """
        layer = Layer.of(trained.model, 1, trained.split.x_test, trained.split.y_test)
        weights, activations = trained.model.state_dict()["1.weight"], layer.activations
        counts, _ = np.histogram(np.minimum(activations, ACTIVATION_EDGES[-1]), ACTIVATION_EDGES)
        local = {"feature_gini": float(gini(np.abs(weights)).mean())}
        return {
            "measured": {
                NETWORK: {"quality": trained.final["test_rmse"]},
                LAYERS[0]: activation_measures(activations) | local,
            },
            "features": [packed(feature / (np.abs(feature).max() or 1), 1) for feature in weights[:FEATURES]],
            "means": np.round(activations.mean(axis=0), 4).tolist(),
            "histogram": counts.tolist(),
        }

    def can_be_drawn(self, options: Options, record: Record) -> bool:
        pixels = {unpacked(feature, 1).size for feature in record["features"]}
        return (
            len(record["features"]) == min(FEATURES, options["hidden"])
            and len(pixels) == 1
            and len(record["means"]) == options["hidden"]
            and len(record["histogram"]) == len(ACTIVATION_EDGES) - 1
        )
