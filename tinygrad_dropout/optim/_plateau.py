"""ReduceLROnPlateau: lower the learning rate when a measure stops improving."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

from tinygrad_dropout.optim._optimizer import Optimizer
from tinygrad_dropout.optim._param_groups import NUMBER, check_at_least
from tinygrad_dropout.optim._schedule import LRScheduler


class ReduceLROnPlateau(LRScheduler):
    """Multiply the learning rate by `factor` when a measure has not improved for more than `patience` steps.

    Unlike the other schedules, it starts from the groups' current `lr`.

    Args:
        optimizer: the optimizer whose learning rates are set.
        mode: "min" if the measure should fall (a loss), "max" if it should rise (an accuracy).
        factor: the factor for the learning rate, at least 0 and below 1.
        patience: how many steps without improvement are tolerated.
        threshold: how much a measure must beat the best one to count as an improvement.
        threshold_mode: "rel" for a fraction of the best measure, "abs" for a difference.
        cooldown: how many steps after a reduction are not counted.
        min_lr: the lowest learning rate allowed: a number, or a list with one per group.
        eps: a reduction by this much or less is skipped.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Literal["min", "max"] = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: Literal["rel", "abs"] = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0,
        eps: float = 1e-8,
    ) -> None:
        name = type(self).__name__
        check_at_least(name, 0, factor=factor, patience=patience, threshold=threshold, cooldown=cooldown, eps=eps)
        if factor >= 1:
            raise ValueError(f"{name}: expected factor below 1, got {factor!r}")
        if mode not in ("min", "max"):
            raise ValueError(f'{name}: expected mode to be "min" or "max", got {mode!r}')
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f'{name}: expected threshold_mode to be "rel" or "abs", got {threshold_mode!r}')
        super().__init__(optimizer)
        self.mode, self.factor, self.patience, self.cooldown, self.eps = mode, factor, patience, cooldown, eps
        self.threshold, self.threshold_mode = threshold, threshold_mode
        self.min_lrs: list[Any] = [min_lr] * len(self.base_lrs) if isinstance(min_lr, NUMBER) else [*min_lr]
        if len(self.min_lrs) != len(self.base_lrs) or not all(isinstance(least, NUMBER) for least in self.min_lrs):
            wanted = f"a number, or a list of {len(self.base_lrs)}, one per group"
            raise ValueError(f"{name}: expected min_lr to be {wanted}, got {min_lr!r}")
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = 0

    def start_at(self, step: int) -> None:
        """Start counting; the learning rates stay as they are."""
        self.last_epoch = step
        self._set([group["lr"] for group in self.optimizer.param_groups])

    def step(self, metrics: Any) -> None:  # type: ignore[override]
        """Count one step, and lower the learning rates if the measure has not improved for too long.

        Args:
            metrics: the measure after this step, a number or a Tensor of one element.
        """
        measure = float(metrics)
        self.last_epoch += 1
        if self._is_better(measure):
            self.best, self.num_bad_epochs = measure, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        lrs = [float(group["lr"]) for group in self.optimizer.param_groups]
        if self.num_bad_epochs > self.patience:
            lower = [max(lr * self.factor, least) for lr, least in zip(lrs, self.min_lrs, strict=True)]
            lrs = [new if old - new > self.eps else old for old, new in zip(lrs, lower, strict=True)]
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self._set(lrs)

    def _is_better(self, measure: float) -> bool:
        """Return whether the measure is an improvement. NaN never is."""
        sign = 1 if self.mode == "min" else -1
        relative = self.threshold_mode == "rel"
        bound = self.best * (1 - sign * self.threshold) if relative else self.best - sign * self.threshold
        return measure < bound if self.mode == "min" else measure > bound
