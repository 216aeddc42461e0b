"""The training of one tab: the two networks, their steps, and the changes made on the way."""

from __future__ import annotations

import time
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import numpy as np

from tinygrad_dropout.play.datasets import Points, drawn_points, make_points
from tinygrad_dropout.play.last_step import LastStep, dropout_layers
from tinygrad_dropout.play.settings import DRAWN, WHILE_TRAINING, Settings
from tinygrad_dropout.play.two_networks import TwoNetworks

LEAST_DRAWN = 3  # fewer points drawn by hand leave nothing to learn


class Training:
    """Both networks with their points, trained step by step.

    Args:
        settings: the initial settings.

    Attributes:
        settings: the current settings.
        started_with: the settings of the first step.
        changes: (step, name, value) of every later change; it takes effect at that step, counted from 0.
        points: the training and test points.
        networks: the two networks; None while too few points are drawn by hand.
        steps: the number of steps so far.
        last: "without" and "with" -> the last step, if it was kept.
        diverged: "without" and "with" -> the first step whose loss was not finite.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.points = points_for(settings)
        self.reset()

    def reset(self) -> None:
        """Start both networks over, with the current settings."""
        self.started_with = self.settings
        self.changes: list[tuple[int, str, Any]] = []
        self.steps = 0
        self.last: dict[str, LastStep] = {}
        self.diverged: dict[str, int] = {}
        self.networks: TwoNetworks | None = None
        if len(self.points.y_train) and (self.settings.data != DRAWN or len(self.settings.drawn) >= LEAST_DRAWN):
            self.networks = TwoNetworks(self.points.x_train, self.points.y_train, **self.settings.training())

    def change(self, changes: Mapping[str, Any]) -> bool:
        """Change settings.

        Returns:
            Whether both networks started over, because the points or the layers changed.

        Raises:
            SettingError: a setting is not allowed; nothing was changed.
        """
        before, self.settings = self.settings, self.settings.changed(changes)
        changed = [name for name in changes if getattr(before, name) != getattr(self.settings, name)]
        if not set(changed) <= set(WHILE_TRAINING):
            self.points = points_for(self.settings)
            self.reset()
            return True
        for name in changed:
            value = getattr(self.settings, name)
            if self.networks is not None:
                self.networks.change(name, value)
            if self.steps:
                self.changes.append((self.steps, name, value))
            else:
                self.started_with = self.started_with.changed({name: value})
        return False

    def train(self, steps: int, seconds: float = np.inf) -> None:
        """Make some steps, and keep the last one.

        Args:
            steps: the number of steps.
            seconds: stop early after this time; at least one step is made.
        """
        if self.networks is None:
            return
        end = time.perf_counter() + seconds
        for remaining in range(steps, 0, -1):
            keep = remaining == 1 or time.perf_counter() >= end
            weights = (
                {name: deepcopy(model.state_dict()) for name, model in self.networks.models.items()} if keep else {}
            )
            with np.errstate(over="ignore", invalid="ignore"):  # `diverged` reports it
                self.networks.step()
            self.steps += 1
            for name, loss in self.networks.losses.items():
                if not np.isfinite(loss):
                    self.diverged.setdefault(name, self.steps)
            if keep:
                self.last = {name: self.step_of(name, weights[name]) for name in weights}
                break

    def step_of(self, name: str, weights: dict[str, Any]) -> LastStep:
        """The step that a network has just made, starting from these weights."""
        assert self.networks is not None, "a step was made"
        layers, batch = dropout_layers(self.networks.models[name]), self.networks.batch
        masks = [layer.mask for layer in layers if layer.mask is not None]
        x, y = self.points.x_train[batch], self.points.y_train[batch]
        return LastStep(
            f"step {self.steps:,} {name} dropout",
            weights,
            masks,
            [layer.p for layer in layers],
            self.settings.scaling,
            x,
            y,
        )


def points_for(settings: Settings) -> Points:
    """The points that the settings describe."""
    if settings.data == DRAWN:
        return drawn_points(settings.drawn)
    return make_points(
        settings.data,
        points=settings.points,
        noise=settings.noise,
        label_noise=settings.label_noise,
        seed=settings.seed,
    )
