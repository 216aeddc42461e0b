"""The estimators' network, its initial weights, its optimizer, and the losses with weights for the rows."""

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


def mlp(
    sizes: Sequence[int],
    activation: str,
    input_dropout: float,
    dropout: Sequence[float],
    dtype: npt.DTypeLike,
    weights: np.random.Generator,
    masks: np.random.Generator,
) -> nn.Sequential:
    """Linear, activation and dropout for each hidden layer, then Linear. Where p is 0 there is no dropout layer.

    Args:
        sizes: the units of every layer, from the inputs to the outputs.
        activation: one of `ACTIVATIONS`.
        input_dropout: the probability of dropping an input.
        dropout: that of dropping a unit, for each hidden layer.
        dtype: of the parameters.
        weights, masks: where the initial weights and the masks come from.
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
    """Draw as scikit-learn's MLP does: from U(-b, b), b = sqrt(6 / (fan_in + fan_out)), the bias too.

    That is Glorot and Bengio's bound (2010, eq. 16); before logistic units, 2 stands for the 6.
    """
    bound = sqrt((2 if activation == "logistic" else 6) / (linear.in_features + linear.out_features))
    for parameter in linear.parameters():
        nn.init.uniform_(parameter, -bound, bound, rng=rng)


def linear_layers(network: nn.Sequential) -> list[nn.Linear]:
    """The layers with weights, in order."""
    return [layer for layer in network if isinstance(layer, nn.Linear)]


def build_optimizer(network: nn.Sequential, options: dict[str, Any]) -> optim.Optimizer:
    """The optimizer that an estimator's parameters describe. Its first group has the weights, its second the biases."""
    weights, biases = ([p for p in network.parameters() if (p.ndim == 2) is matrix] for matrix in (True, False))
    groups: list[dict[str, Any]] = [{"params": weights}, {"params": biases}]
    lr, momentum = options["learning_rate_init"], options["momentum"]
    if options["solver"] == "sgd":
        return optim.SGD(groups, lr, momentum, nesterov=options["nesterovs_momentum"] and momentum > 0)
    return optim.Adam(groups, lr, betas=(options["beta_1"], options["beta_2"]), eps=options["epsilon"])


def class_loss(logits: Tensor, labels: Array, weights: Array | None = None) -> Tensor:
    """The mean cross-entropy of class labels, in nats: logits (N, C), labels int (N,), weights (N,) or None."""
    if weights is None:
        return F.cross_entropy(logits, labels)
    return weighted_mean(F.cross_entropy(logits, labels, reduction="none"), weights)


def label_loss(logits: Tensor, labels: Array, weights: Array | None = None) -> Tensor:
    """The mean over the rows of the sum over labels of the binary cross-entropy: logits and labels (N, K)."""
    losses = F.binary_cross_entropy_with_logits(logits, labels, reduction="sum" if weights is None else "none")
    return losses / len(labels) if weights is None else weighted_mean(losses.sum(axis=1), weights)


def squared_loss(outputs: Tensor, values: Array, weights: Array | None = None) -> Tensor:
    """The mean over the rows of half the squared error, summed over the targets: outputs and values (N, K)."""
    losses = F.mse_loss(outputs, values, reduction="sum" if weights is None else "none")
    return losses / (2 * len(values)) if weights is None else weighted_mean(losses.sum(axis=1), weights / 2)


def weighted_mean(losses: Tensor, weights: Array) -> Tensor:
    """sum of w_i * loss_i / N. The weights of a training have the mean 1, so this is the mean over its rows."""
    return (losses * weights).sum() / len(weights)


def scaled_weights(weights: Array | None, dtype: npt.DTypeLike) -> tuple[float, Array | None]:
    """The rows' mean weight, and their weights divided by it; (1, None) if they have none."""
    if weights is None:
        return 1.0, None
    mean = float(weights.mean())
    if not mean > 0:
        raise ValueError("sample_weight has no row with a positive weight to train on")
    return mean, (weights / mean).astype(dtype)


def with_one_mask_for_all_rows(network: nn.Sequential, rng: np.random.Generator) -> nn.Sequential:
    """The same layers with other dropout layers: each draws one mask from `rng` that is for every row of its input."""
    return nn.Sequential(
        *(nn.Dropout(layer.p, shared_axes=0, rng=rng) if isinstance(layer, nn.Dropout) else layer for layer in network)
    )
