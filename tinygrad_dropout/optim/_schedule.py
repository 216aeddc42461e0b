"""LRScheduler: the base class of the learning-rate schedules. It counts steps and sets `lr` in every group."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import numpy as np

from tinygrad_dropout.errors import StateDictError
from tinygrad_dropout.optim._optimizer import Optimizer
from tinygrad_dropout.optim._param_groups import NUMBER, check_is_state


class LRScheduler:
    """Set the learning rate of every parameter group as a function of the number of steps.

    A subclass defines `lr_at`. A schedule remembers the optimizer's learning rates at the time the schedule is made.
    Each `step()` computes the new ones from those, and ignores what you have written to `lr` in between.

    Args:
        optimizer: the optimizer whose learning rates are set, now and at each `step()`.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        check_is_optimizer(self, optimizer)
        self.optimizer = optimizer
        # A group remembers its first learning rate, so that a second schedule starts from it too.
        self.base_lrs = [float(group.setdefault("initial_lr", group["lr"])) for group in optimizer.param_groups]
        self.start_at(0)

    def lr_at(self, step: int, base_lr: float, group: int) -> float:
        """Return the learning rate of a group after `step` steps. Subclasses define it.

        Args:
            step: how many times `step()` has been called.
            base_lr: the learning rate that the group started with.
            group: the group's number.
        """
        raise TypeError(f"{type(self).__name__}: expected the class to define lr_at(self, ...), but it does not")

    def step(self) -> None:
        """Count one step and set the new learning rates. Call it after the optimizer's `step()`."""
        self.start_at(self.last_epoch + 1)

    def start_at(self, step: int) -> None:
        """Set the learning rates that apply after `step` steps, and continue counting from there."""
        self.last_epoch = step
        self._set([self.lr_at(step, base_lr, group) for group, base_lr in enumerate(self.base_lrs)])

    def _set(self, lrs: list[float]) -> None:
        groups = self.optimizer.param_groups
        if len(groups) != len(self.base_lrs):
            problem = (
                f"expected {len(self.base_lrs)} parameter groups, as when the schedule was made, got {len(groups)}"
            )
            raise ValueError(f"{type(self).__name__}: {problem}; make the schedule after add_param_group")
        self.last_lrs = [float(lr) for lr in lrs]
        for group, lr in zip(groups, self.last_lrs, strict=True):
            group["lr"] = lr

    def get_last_lr(self) -> list[float]:
        """Return the learning rate that this schedule last set, for each group."""
        return list(self.last_lrs)

    def state_dict(self) -> dict[str, Any]:
        """Return copies of the settings and the count: numbers, strings and lists of numbers, but no functions."""
        return deepcopy({key: value for key, value in vars(self).items() if key not in ("optimizer", "lr_lambdas")})

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Restore what `state_dict` returned, and set the learning rates that were in effect then.

        Raises:
            KeyError: a key is missing or unexpected.
            ValueError: the state has a different number of groups, or a value is not a number. After any of these
                errors, nothing has changed.
        """
        self._check(state_dict)
        vars(self).update(deepcopy(dict(state_dict)))
        for group, base_lr in zip(self.optimizer.param_groups, self.base_lrs, strict=True):
            group["initial_lr"] = base_lr  # for schedules that are made later
        self._set(self.last_lrs)

    def _check(self, state_dict: Mapping[str, Any]) -> None:
        check_is_state(self, state_dict)
        name, mine = type(self).__name__, self.state_dict()
        if mine.keys() != state_dict.keys():
            missing, unexpected = mine.keys() - state_dict.keys(), state_dict.keys() - mine.keys()
            raise StateDictError(name, sorted(missing), sorted(unexpected))
        groups, last_epoch = len(self.base_lrs), state_dict["last_epoch"]
        for key in ("base_lrs", "last_lrs"):
            lrs = state_dict[key]
            if not isinstance(lrs, list) or len(lrs) != groups or not all(isinstance(lr, NUMBER) for lr in lrs):
                problem = f'expected "{key}" to be a list of {groups} numbers, one for each group, got {lrs!r}'
                raise ValueError(f"{name}.load_state_dict: {problem}")
        if not isinstance(last_epoch, int | np.integer) or last_epoch < 0:
            problem = f'expected "last_epoch" to be a whole number of at least 0, got {last_epoch!r}'
            raise ValueError(f"{name}.load_state_dict: {problem}")


def check_is_optimizer(schedule: LRScheduler, optimizer: Any) -> None:
    """Raise a TypeError if this is not an optimizer."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(schedule).__name__}: expected an optimizer, got {type(optimizer).__name__}")
