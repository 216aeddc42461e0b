"""The options of the co-adaptation experiment, and its settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tinygrad_dropout.lab.comparison.config import MAX_EXAMPLES, Config
from tinygrad_dropout.lab.theory.options import as_dropout_rate, as_whole_number

NOISY, CLEAN, AUTOENCODER = "noisy digits", "clean digits", "the autoencoder"
CHECKED_BY_CONFIG = ("seeds", "first_seed", "train_size", "epochs")
SEEN_SEEDS = frozenset(
    (*range(15), *range(100, 115), *range(200, 215))
)  # some choices were made after seeing their results
FIRST_UNSEEN_SEED = 300
LABEL_NOISE = 0.2  # of the noisy digits
MIN_UNITS, MAX_UNITS = 2, 2048  # in a layer
MAX_ORDERS, MAX_PAIRS = 1000, 100_000


@dataclass(frozen=True)
class CoadaptationOptions:
    """The options.

    Attributes:
        seeds, first_seed: the number of pairs in each setting, and the first seed; by default, none is in `SEEN_SEEDS`.
        p: the probability that a hidden unit is dropped, 0 < p < 1. No inputs are dropped.
        hidden: the number of units of both hidden layers; the autoencoder has one.
        train_size: the number of training examples.
        epochs: the number of epochs for each classifier.
        autoencoder_epochs: the same for the autoencoder, whose weights change more slowly.
        orders: the number of random orders in which units are removed.
        pairs: the number of pairs of units whose interaction is measured.

    Raises:
        OptionError: a value is not allowed.
    """

    seeds: int = 15
    first_seed: int = FIRST_UNSEEN_SEED
    p: float = 0.5
    hidden: int = 256
    train_size: int = 500
    epochs: int = 80
    autoencoder_epochs: int = 1000
    orders: int = 10
    pairs: int = 300

    def __post_init__(self) -> None:
        checked: dict[str, Any] = {
            "p": as_dropout_rate("p", self.p, above=True, why="both networks would be the same"),
            "hidden": as_whole_number("hidden", self.hidden, MIN_UNITS, MAX_UNITS),
            "autoencoder_epochs": as_whole_number("autoencoder_epochs", self.autoencoder_epochs, 1, MAX_EXAMPLES),
            "orders": as_whole_number("orders", self.orders, 1, MAX_ORDERS),
            "pairs": as_whole_number("pairs", self.pairs, 1, MAX_PAIRS),
        }
        config = self.configurations()[NOISY]
        checked |= {name: getattr(config, name) for name in CHECKED_BY_CONFIG}
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def configurations(self) -> dict[str, Config]:
        """The settings by their names."""
        common: dict[str, Any] = {
            "dataset": "digits", "train_size": self.train_size, "p": self.p, "input_p": 0,
            "seeds": self.seeds, "first_seed": self.first_seed,
        }  # fmt: skip
        classifier = common | {"hidden": (self.hidden, self.hidden), "epochs": self.epochs}
        return {
            NOISY: Config(label_noise=LABEL_NOISE, **classifier),
            CLEAN: Config(label_noise=0, **classifier),
            AUTOENCODER: Config(label_noise=0, hidden=(self.hidden,), epochs=self.autoencoder_epochs, **common),
        }
