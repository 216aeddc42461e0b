"""What the learning-rate schedules share: they count their steps and set `lr` in every parameter group."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from tinygrad_dropout.errors import StateDictError
from tinygrad_dropout.optim._optimizer import Optimizer


class LRScheduler:
    """Set the learning rate of every parameter group as a function of how often `step()` was called.

    A subclass defines `lr_at`. A schedule keeps the learning rates that the optimiser has when it is made, and each
    `step()` computes the new ones from those, whatever was written to `lr` in between.

    Args:
        optimizer: the one whose learning rates are set, at once and at each `step()`.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(self).__name__}: expected an optimiser, got {type(optimizer).__name__}")
        self.optimizer = optimizer
        # What a group began with is noted in it, so that a schedule made after another one begins there too.
        self.base_lrs = [float(group.setdefault("initial_lr", group["lr"])) for group in optimizer.param_groups]
        self.start_at(0)

    def lr_at(self, step: int, base_lr: float, group: int) -> float:
        """The learning rate of a group after so many steps; subclasses define it.

        Args:
            step: how often `step()` was called, from 0.
            base_lr: the learning rate that the group began with.
            group: its number.
        """
        raise TypeError(f"{type(self).__name__}: expected the class to define lr_at(self, ...), and it does not")

    def step(self) -> None:
        """Count one step, and set the learning rates that follow. Call it after the optimiser's `step()`."""
        self.start_at(self.last_epoch + 1)

    def start_at(self, step: int) -> None:
        """Set the learning rates as they are after so many steps, and count on from there."""
        self.last_epoch = step
        self._set([self.lr_at(step, base_lr, group) for group, base_lr in enumerate(self.base_lrs)])

    def _set(self, lrs: list[float]) -> None:
        self.last_lrs = lrs
        for group, lr in zip(self.optimizer.param_groups, lrs, strict=True):
            group["lr"] = lr

    def get_last_lr(self) -> list[float]:
        """The learning rate of each group, as this schedule set it last."""
        return list(self.last_lrs)

    def state_dict(self) -> dict[str, Any]:
        """Copies of its settings and its count: numbers, strings and lists of numbers. (Functions are left out.)"""
        return deepcopy({key: value for key, value in vars(self).items() if key not in ("optimizer", "lr_lambdas")})

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Restore what `state_dict` returned, and set the learning rates that it had set last.

        Raises:
            KeyError: a key that is missing or not expected.
            ValueError: the state of a schedule over another number of groups. In each case, nothing has been changed.
        """
        self._check(state_dict)
        vars(self).update(deepcopy(dict(state_dict)))
        self._set(self.last_lrs)

    def _check(self, state_dict: Mapping[str, Any]) -> None:
        name, mine = type(self).__name__, self.state_dict()
        if mine.keys() != state_dict.keys():
            missing, unexpected = mine.keys() - state_dict.keys(), state_dict.keys() - mine.keys()
            raise StateDictError(name, sorted(missing), sorted(unexpected))
        if len(state_dict["last_lrs"]) != len(self.last_lrs):
            wanted, given = len(self.last_lrs), len(state_dict["last_lrs"])
            raise ValueError(f"{name}.load_state_dict: expected learning rates of {wanted} groups, got {given}")


def check_at_least(where: str, least: float, **numbers: Any) -> None:
    """Raise a ValueError if one of the named numbers is below `least`, or is no number."""
    for key, number in numbers.items():
        if not isinstance(number, int | float) or not number >= least:
            raise ValueError(f"{where}: expected {key} to be a number of at least {least:g}, got {number!r}")
