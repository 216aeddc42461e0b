"""Learning-rate schedules under PyTorch's names. Each class gives its formula for lr after t steps."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from tinygrad_dropout.optim._optimizer import Optimizer
from tinygrad_dropout.optim._param_groups import check_at_least
from tinygrad_dropout.optim._plateau import ReduceLROnPlateau
from tinygrad_dropout.optim._schedule import LRScheduler, check_is_optimizer

__all__ = [
    "CosineAnnealingLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]


class StepLR(LRScheduler):
    """Decay by a factor at regular intervals.

        lr = base_lr * gamma ^ floor(t / step_size)

    Args:
        optimizer: the optimizer whose learning rates are set.
        step_size: the number of steps from one decay to the next, at least 1.
        gamma: the factor.
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        check_at_least("StepLR", 1, step_size=step_size)
        check_at_least("StepLR", 0, gamma=gamma)
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer)

    def lr_at(self, step: int, base_lr: float, group: int) -> float:
        return base_lr * float(self.gamma) ** (step // self.step_size)


class MultiStepLR(LRScheduler):
    """Decay by a factor at given steps.

        lr = base_lr * gamma ^ (the number of milestones <= t)

    Args:
        optimizer: the optimizer whose learning rates are set.
        milestones: the steps after which the learning rate is multiplied, in any order.
        gamma: the factor.
    """

    def __init__(self, optimizer: Optimizer, milestones: Sequence[int], gamma: float = 0.1) -> None:
        check_at_least("MultiStepLR", 0, gamma=gamma)
        self.milestones, self.gamma = sorted(whole_numbers("MultiStepLR", milestones)), gamma
        super().__init__(optimizer)

    def lr_at(self, step: int, base_lr: float, group: int) -> float:
        return base_lr * float(self.gamma) ** bisect_right(self.milestones, step)


class CosineAnnealingLR(LRScheduler):
    """Fall along half a cosine to `eta_min` in `T_max` steps (Loshchilov & Hutter 2017, arXiv:1608.03983, eq. 5).

        lr = eta_min + (base_lr - eta_min) * (1 + cos(pi * t / T_max)) / 2

    After T_max steps it rises again, as in PyTorch.

    Args:
        optimizer: the optimizer whose learning rates are set.
        T_max: the number of steps from the highest learning rate to the lowest, at least 1.
        eta_min: the lowest learning rate.
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:
        check_at_least("CosineAnnealingLR", 1, T_max=T_max)
        check_at_least("CosineAnnealingLR", 0, eta_min=eta_min)
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer)

    def lr_at(self, step: int, base_lr: float, group: int) -> float:
        return self.eta_min + (base_lr - self.eta_min) * (1 + math.cos(math.pi * step / self.T_max)) / 2


class LinearLR(LRScheduler):
    """Move in a straight line from one factor to another, for example to warm up.

        lr = base_lr * (start_factor + (end_factor - start_factor) * min(t, total_iters) / total_iters)

    Args:
        optimizer: the optimizer whose learning rates are set.
        start_factor: the factor at the start, above 0 and at most 1.
        end_factor: the factor after `total_iters` steps, from 0 to 1.
        total_iters: the number of steps from one to the other, at least 1.
    """

    def __init__(
        self, optimizer: Optimizer, start_factor: float = 1 / 3, end_factor: float = 1.0, total_iters: int = 5
    ) -> None:
        check_at_least("LinearLR", 1, total_iters=total_iters)
        if not 0 < start_factor <= 1:
            raise ValueError(f"LinearLR: expected start_factor above 0 and at most 1, got {start_factor!r}")
        if not 0 <= end_factor <= 1:
            raise ValueError(f"LinearLR: expected end_factor from 0 to 1, got {end_factor!r}")
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer)

    def lr_at(self, step: int, base_lr: float, group: int) -> float:
        share = min(step, self.total_iters) / self.total_iters
        return base_lr * (self.start_factor + (self.end_factor - self.start_factor) * share)


class LambdaLR(LRScheduler):
    """Multiply by a function of the number of steps: lr = base_lr * lr_lambda(t).

    Args:
        optimizer: the optimizer whose learning rates are set.
        lr_lambda: the function, or a list with one per group. It is not saved in the state_dict.
    """

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]]
    ) -> None:
        check_is_optimizer(self, optimizer)
        groups = len(optimizer.param_groups)
        given = [lr_lambda] * groups if callable(lr_lambda) else lr_lambda
        if not isinstance(given, Sequence) or len(given) != groups or not all(map(callable, given)):
            raise ValueError(f"LambdaLR: expected a function, or a list of {groups}, one per group, got {lr_lambda!r}")
        self.lr_lambdas = list(given)
        super().__init__(optimizer)

    def lr_at(self, step: int, base_lr: float, group: int) -> float:
        return base_lr * self.lr_lambdas[group](step)


class SequentialLR(LRScheduler):
    """Run one schedule after another, each from its own step 0: for example LinearLR, then CosineAnnealingLR.

    Args:
        optimizer: the optimizer whose learning rates are set.
        schedulers: the schedules, over the same optimizer.
        milestones: the steps at which the next schedule takes over, in increasing order; one fewer than the schedules.
    """

    def __init__(self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int]) -> None:
        self.schedulers, self.milestones = list(schedulers), whole_numbers("SequentialLR", milestones)
        if len(self.milestones) != len(self.schedulers) - 1 or sorted(set(self.milestones)) != self.milestones:
            wanted = f"increasing milestones, one fewer than the {len(self.schedulers)} schedules"
            raise ValueError(f"SequentialLR: expected {wanted}, got {self.milestones}")
        for index, scheduler in enumerate(self.schedulers):
            if isinstance(scheduler, ReduceLROnPlateau) or getattr(scheduler, "optimizer", None) is not optimizer:
                problem = "schedules of this optimizer whose step() takes no measure"
                raise ValueError(f"SequentialLR: expected {problem}, got {type(scheduler).__name__} at index {index}")
        super().__init__(optimizer)

    def start_at(self, step: int) -> None:
        """Let the active schedule set the learning rates."""
        self.last_epoch = step
        turn = bisect_right(self.milestones, step)
        active = self.schedulers[turn]
        active.start_at(step - (self.milestones[turn - 1] if turn else 0))
        self._set(active.get_last_lr())

    def state_dict(self) -> dict[str, Any]:
        """Return copies of the count and of the schedules' states."""
        state = {key: value for key, value in vars(self).items() if key not in ("optimizer", "schedulers")}
        return {**deepcopy(state), "schedulers": [each.state_dict() for each in self.schedulers]}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Restore what `state_dict` returned, also for the schedules, and set the learning rates in effect then."""
        self._check(state_dict)
        for scheduler, state in zip(self.schedulers, state_dict["schedulers"], strict=True):
            scheduler.load_state_dict(state)
        self.milestones, self.last_epoch = list(state_dict["milestones"]), state_dict["last_epoch"]
        self.base_lrs = list(state_dict["base_lrs"])
        self._set(state_dict["last_lrs"])

    def _check(self, state_dict: Mapping[str, Any]) -> None:
        super()._check(state_dict)
        states = state_dict["schedulers"]
        if len(states) != len(self.schedulers):
            raise ValueError(
                f"SequentialLR.load_state_dict: expected {len(self.schedulers)} schedules, got {len(states)}"
            )
        for scheduler, state in zip(self.schedulers, states, strict=True):
            scheduler._check(state)


def whole_numbers(where: str, milestones: Sequence[int]) -> list[int]:
    """Return the milestones as a list of ints, or raise a ValueError if they are not whole numbers."""
    numbers = list(milestones) if isinstance(milestones, Iterable) else [None]
    if not all(isinstance(number, int | np.integer) and number >= 0 for number in numbers):
        raise ValueError(f"{where}: expected milestones to be whole numbers of at least 0, got {milestones!r}")
    return [int(number) for number in numbers]
