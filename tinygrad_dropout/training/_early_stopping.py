"""EarlyStopping: stop when a measure no longer improves, and restore the best weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.tensor import Array
from tinygrad_dropout.errors import StateDictError
from tinygrad_dropout.nn.module import Module


class EarlyStopping:
    """Count the epochs since a measure last improved, and keep the best weights.

    Args:
        patience: stop after this many epochs in a row without an improvement, at least 1.
        min_delta: only a change larger than this counts as an improvement. A smaller one still updates `best` and the
            weights.
        mode: "min" if lower is better, as for a loss; "max" if higher is better, as for an accuracy.
        restore_best: whether to keep the best weights for `restore`.

    Attributes:
        best: the best measure so far; inf (or -inf) at the start.
        best_epoch: its epoch, counted from 1; 0 at the start.
        bad_epochs: the number of epochs since the last improvement.
    """

    def __init__(
        self, patience: int = 10, *, min_delta: float = 0.0, mode: str = "min", restore_best: bool = True
    ) -> None:
        if not isinstance(patience, int | np.integer) or patience < 1:
            raise ValueError(f"EarlyStopping: expected patience to be a whole number of at least 1, got {patience!r}")
        if not min_delta >= 0:
            raise ValueError(f"EarlyStopping: expected min_delta to be at least 0, got {min_delta!r}")
        if mode not in ("min", "max"):
            raise ValueError(f'EarlyStopping: expected mode to be "min" or "max", got {mode!r}')
        self.patience, self.min_delta, self.mode, self.restore_best = patience, min_delta, mode, restore_best
        self.best = math.inf if mode == "min" else -math.inf
        self.epoch = self.best_epoch = self.bad_epochs = 0
        self.weights: dict[str, Array] | None = None

    @property
    def stopped(self) -> bool:
        """Whether patience has run out."""
        return self.bad_epochs >= self.patience

    def update(self, measure: float, model: Module) -> bool:
        """Record an epoch's measure.

        Args:
            measure: the number to watch. NaN is never an improvement.
            model: the model, whose weights are copied if the measure is the best so far.

        Returns:
            Whether to stop.
        """
        self.epoch += 1
        gain = self.best - measure if self.mode == "min" else measure - self.best
        self.bad_epochs = 0 if gain > self.min_delta else self.bad_epochs + 1
        if gain > 0:
            self.best, self.best_epoch = float(measure), self.epoch
            if self.restore_best:
                self.weights = model.state_dict()
        return self.stopped

    def restore(self, model: Module) -> None:
        """Restore the best weights, if they were kept."""
        if self.weights is not None:
            model.load_state_dict(self.weights)

    def state_dict(self) -> dict[str, Any]:
        """Return the settings, the counts and the best weights, in a form that `td.save` can store."""
        return dict(vars(self))

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Restore what `state_dict` returned, to continue from there.

        Raises:
            KeyError: a key is missing or unexpected. Nothing has changed then.
        """
        if vars(self).keys() != state_dict.keys():
            missing, unexpected = vars(self).keys() - state_dict.keys(), state_dict.keys() - vars(self).keys()
            raise StateDictError("EarlyStopping", sorted(missing), sorted(unexpected))
        vars(self).update(state_dict)
