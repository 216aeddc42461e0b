"""The small networks whose subnetworks are run: how they are built and trained."""

from __future__ import annotations

import numpy as np

from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, optim, training
from tinygrad_dropout.lab.arrays import Labels, Numbers

TRAIN_SIZE, TEST_SIZE = 1000, 400  # of scikit-learn's digits
EPOCHS, BATCH_SIZE, LEARNING_RATE = 40, 50, 0.01


def network(
    features: int,
    hidden: tuple[int, ...],
    classes: int,
    p: float,
    weights: np.random.Generator,
    masks: np.random.Generator,
) -> nn.Sequential:
    """Linear, ReLU and dropout for every hidden layer, then Linear; in float64."""
    layers: list[nn.Module] = []
    inputs = features
    for units in hidden:
        layers += [nn.Linear(inputs, units, dtype=np.float64, rng=weights), nn.ReLU(), nn.Dropout(p, rng=masks)]
        inputs = units
    return nn.Sequential(*layers, nn.Linear(inputs, classes, dtype=np.float64, rng=weights))


def fit(model: nn.Sequential, x: Numbers, y: Labels, rng: np.random.Generator) -> None:
    """Train with dropout. Each row gets its own mask, as in every framework."""
    optimizer = optim.Adam(model.parameters(), lr=LEARNING_RATE)
    batches = training.Batches(x, y, batch_size=BATCH_SIZE, rng=rng)
    training.fit(model, batches, loss=F.cross_entropy, optimizer=optimizer, epochs=EPOCHS)
