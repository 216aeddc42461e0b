"""The estimators' network, its initial weights, its optimizer, and its losses with row weights."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, optim
from tinygrad_dropout.autograd.tensor import Array, Tensor

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "identity": nn.Identity,
    "logistic": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
}


def build_mlp(
    sizes: Sequence[int],
    activation: str,
    input_dropout: float,
    dropout: Sequence[float],
    dtype: npt.DTypeLike,
    weights: np.random.Generator,
    masks: np.random.Generator,
) -> nn.Sequential:
    """Build Linear, activation and dropout for each hidden layer, then Linear. If p is 0, there is no dropout layer.

    Args:
        sizes: the number of units in every layer, from the inputs to the outputs.
        activation: one of `ACTIVATIONS`.
        input_dropout: the probability of dropping an input.
        dropout: for each hidden layer, the probability of dropping a unit.
        dtype: of the parameters.
        weights, masks: the generators for the initial weights and for the masks.
    """
    layers: list[nn.Module] = [nn.Dropout(input_dropout, rng=masks)] if input_dropout else []
    for (inputs, outputs), p in zip(pairwise(sizes), [*dropout, None], strict=True):
        linear = nn.Linear(inputs, outputs, dtype=dtype, rng=weights)
        draw_initial_weights(linear, activation, weights)
        layers.append(linear)
        if p is not None:
            layers.append(ACTIVATIONS[activation]())
        if p:
            layers.append(nn.Dropout(p, rng=masks))
    return nn.Sequential(*layers)


def draw_initial_weights(linear: nn.Linear, activation: str, rng: np.random.Generator) -> None:
    """Draw like scikit-learn's MLP: weights and bias from U(-b, b), with b = sqrt(6 / (fan_in + fan_out)).

    This is Glorot and Bengio's bound (2010, eq. 16). Before logistic units, the 6 becomes a 2.
    """
    bound = sqrt((2 if activation == "logistic" else 6) / (linear.in_features + linear.out_features))
    for parameter in linear.parameters():
        nn.init.uniform_(parameter, -bound, bound, rng=rng)


def linear_layers(network: nn.Sequential) -> list[nn.Linear]:
    """Return the layers with weights, in order."""
    return [layer for layer in network if isinstance(layer, nn.Linear)]


def build_optimizer(network: nn.Sequential, options: dict[str, Any]) -> optim.Optimizer:
    """Make the optimizer that an estimator's parameters describe, with one group of weights and one of biases."""
    weights, biases = ([p for p in network.parameters() if (p.ndim == 2) is matrix] for matrix in (True, False))
    groups: list[dict[str, Any]] = [{"params": weights}, {"params": biases}]
    lr, momentum = options["learning_rate_init"], options["momentum"]
    if options["solver"] == "sgd":
        return optim.SGD(groups, lr, momentum, nesterov=options["nesterovs_momentum"] and momentum > 0)
    return optim.Adam(groups, lr, betas=(options["beta_1"], options["beta_2"]), eps=options["epsilon"])


def class_loss(logits: Tensor, labels: Array, weights: Array | None = None) -> Tensor:
    """Return the mean cross-entropy of class labels, in nats: logits (N, C), labels int (N,), weights (N,) or None."""
    if weights is None:
        return F.cross_entropy(logits, labels)
    return weighted_mean(F.cross_entropy(logits, labels, reduction="none"), weights)


def label_loss(logits: Tensor, labels: Array, weights: Array | None = None) -> Tensor:
    """Return the binary cross-entropy, summed over labels and averaged over rows: logits and labels (N, K)."""
    losses = F.binary_cross_entropy_with_logits(logits, labels, reduction="sum" if weights is None else "none")
    return losses / len(labels) if weights is None else weighted_mean(losses.sum(axis=1), weights)


def squared_loss(outputs: Tensor, values: Array, weights: Array | None = None) -> Tensor:
    """Return half the squared error, summed over targets and averaged over rows: outputs and values (N, K)."""
    losses = F.mse_loss(outputs, values, reduction="sum" if weights is None else "none")
    return losses / (2 * len(values)) if weights is None else weighted_mean(losses.sum(axis=1), weights / 2)


def weighted_mean(losses: Tensor, weights: Array) -> Tensor:
    """Return the sum of w_i * loss_i / N: the weighted mean over the rows, because the weights have mean 1."""
    return (losses * weights).sum() / len(weights)


def normalize_weights(weights: Array | None, dtype: npt.DTypeLike) -> tuple[float, Array | None]:
    """Return the rows' mean weight, and their weights divided by it; (1, None) without weights."""
    if weights is None:
        return 1.0, None
    mean = float(weights.mean())
    if not mean > 0:
        raise ValueError("sample_weight has no row with a positive weight to train on")
    return mean, (weights / mean).astype(dtype)


def share_masks_across_rows(network: nn.Sequential, rng: np.random.Generator) -> nn.Sequential:
    """Return the network with dropout layers that draw, from `rng`, one mask for all rows of their input."""
    return nn.Sequential(
        *(nn.Dropout(layer.p, shared_axes=0, rng=rng) if isinstance(layer, nn.Dropout) else layer for layer in network)
    )
