"""One tab's training: the two networks, how far they are, and what was changed on the way."""

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

LEAST_DRAWN = 3  # with fewer points drawn by hand there is nothing to learn


class Training:
    """Both networks with their points, trained step by step.

    Args:
        settings: what to begin with.

    Attributes:
        settings: as they are now.
        started_with: as they were at the first step.
        changes: (step, name, value) of what was changed since then: it counted from that step on, the first being 0.
        points: what is learned.
        networks: the pair; None as long as there are too few points drawn by hand.
        steps: how many were made.
        last: "without" and "with" -> the last step, if it was kept.
        diverged: "without" and "with" -> the step after which its loss was no longer a finite number.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.points = points_for(settings)
        self.reset()

    def reset(self) -> None:
        """Start both networks afresh, with the settings as they are now."""
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
            Whether that started both networks afresh, because the points or the layers are others now.

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
        """Make some steps, and keep the last of them.

        Args:
            steps: how many, unless one of the networks has diverged.
            seconds: to stop after; one step is made in any case.
        """
        if self.networks is None:
            return
        end = time.perf_counter() + seconds
        for remaining in range(steps, 0, -1):
            keep = remaining == 1 or time.perf_counter() >= end
            weights = (
                {name: deepcopy(model.state_dict()) for name, model in self.networks.models.items()} if keep else {}
            )
            with np.errstate(over="ignore", invalid="ignore"):  # told by `diverged`
                self.networks.step()
            self.steps += 1
            for name, loss in self.networks.losses.items():
                if not np.isfinite(loss):
                    self.diverged.setdefault(name, self.steps)
            if keep:
                self.last = {name: self.step_of(name, weights[name]) for name in weights}
                break

    def step_of(self, name: str, weights: dict[str, Any]) -> LastStep:
        """The step that a network just made from these weights."""
        assert self.networks is not None, "it made a step"
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
    """The points that the settings ask for."""
    if settings.data == DRAWN:
        return drawn_points(settings.drawn)
    return make_points(
        settings.data,
        points=settings.points,
        noise=settings.noise,
        label_noise=settings.label_noise,
        seed=settings.seed,
    )
