"""The options of the boundary experiment, and its settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tinygrad_dropout.lab.comparison.config import Config
from tinygrad_dropout.lab.theory.options import as_dropout_rate, as_whole_number

PLAIN, NOISY, FEW = "two moons", "noisy moons", "few units"
CHECKED_BY_CONFIG = ("seeds", "first_seed", "label_noise", "train_size", "epochs")
SEEN_SEEDS = frozenset(range(20))  # the settings were chosen after seeing their results
FIRST_UNSEEN_SEED = 100
LEARNING_RATE = 0.05
MAX_UNITS = 10_000  # in a layer
MAX_POINTS = 500  # on a side of the grid


@dataclass(frozen=True)
class BoundaryOptions:
    """The options.

    Attributes:
        seeds, first_seed: the number of pairs in each setting, and the first seed; by default, none is in `SEEN_SEEDS`.
        p: the probability that a hidden unit is dropped, 0 < p < 1. No inputs are dropped.
        label_noise: the fraction of the training labels made random in the second setting.
        train_size: the number of training points.
        hidden: the number of units of both hidden layers.
        few: the same in the third setting.
        epochs: gradient descent steps, each on all training points.
        grid: the number of points on each side of the grid of probabilities that the picture shows.

    Raises:
        OptionError: a value is not allowed.
    """

    seeds: int = 20
    first_seed: int = FIRST_UNSEEN_SEED
    p: float = 0.5
    label_noise: float = 0.3
    train_size: int = 200
    hidden: int = 100
    few: int = 8
    epochs: int = 1000
    grid: int = 40

    def __post_init__(self) -> None:
        checked: dict[str, Any] = {
            "p": as_dropout_rate("p", self.p, above=True, why="both networks would be the same"),
            "hidden": as_whole_number("hidden", self.hidden, 1, MAX_UNITS),
            "few": as_whole_number("few", self.few, 1, MAX_UNITS),
            "grid": as_whole_number("grid", self.grid, 2, MAX_POINTS),
        }
        config = self.configurations()[NOISY]
        checked |= {name: getattr(config, name) for name in CHECKED_BY_CONFIG}
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def configurations(self) -> dict[str, Config]:
        """The settings by their names."""
        common: dict[str, Any] = {
            "dataset": "moons", "p": self.p, "input_p": 0, "train_size": self.train_size, "batch_size": self.train_size,
            "epochs": self.epochs, "optimizer": "sgd", "learning_rate": LEARNING_RATE, "seeds": self.seeds,
            "first_seed": self.first_seed,
        }  # fmt: skip
        many, few = (common | {"hidden": (units, units)} for units in (self.hidden, self.few))
        return {
            PLAIN: Config(label_noise=0, **many),
            NOISY: Config(label_noise=self.label_noise, **many),
            FEW: Config(label_noise=0, **few),
        }
