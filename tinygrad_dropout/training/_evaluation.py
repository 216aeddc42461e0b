"""Compute outputs and losses in evaluation mode, some rows at a time, so that a large table takes little memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.grad_mode import no_grad
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.nn.modes import restore_modes
from tinygrad_dropout.nn.module import Module
from tinygrad_dropout.training._batches import Batches

ROWS_AT_ONCE = 1024

#: A batch: the model's input, then the loss's further arguments after the model's output.
Batch = tuple[Any, ...]
Loss = Callable[..., Tensor]


def predict(model: Module, x: Any, *, batch_size: int = ROWS_AT_ONCE) -> Array:
    """Return the model's outputs for all rows in evaluation mode: no dropout, no graph.

    Args:
        model: any Module. Its modes are restored afterwards.
        x: array (N, ...), or anything else that `Batches` accepts.
        batch_size: how many rows are computed at a time.

    Returns:
        ndarray (N, ...). For a classifier these are the logits, so `.argmax(axis=1)` gives the classes.
    """
    with restore_modes(model), no_grad():
        model.eval()
        return np.concatenate([model(rows).data for (rows,) in Batches(x, batch_size=batch_size, shuffle=False)])


def evaluate(model: Module, batches: Iterable[Batch], loss: Loss) -> float:
    """Return the mean loss over all rows in evaluation mode.

    Args:
        model: any Module. Its modes are restored afterwards.
        batches: tuples of arrays; see `fit`.
        loss: a function of the output and the rest of a batch that returns the mean over the batch's rows.
    """
    total, rows = 0.0, 0
    with restore_modes(model), no_grad():
        model.eval()
        for x, *targets in batches:
            total += loss(model(x), *targets).item() * len(x)
            rows += len(x)
    return total / rows
