"""The settings that can be swept, how their values are written, and which values are usual."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tinygrad_dropout.lab.text import listed

RATES = ("p", "input_p")  # settings that are dropout itself: their value 0 is what the others are compared with
WHOLE = ("train_size", "width", "epochs")  # settings that are whole numbers, and are drawn on a logarithmic axis


FEWEST_UPDATES = 2000  # of a network in a sweep over train_size: few examples must not mean little training as well


def enough_epochs(train_size: int, epochs: int, batch_size: int) -> int:
    """So many epochs, or as many more as it takes for `FEWEST_UPDATES` updates."""
    return max(epochs, math.ceil(FEWEST_UPDATES / math.ceil(train_size / batch_size)))


def plainly(value: float) -> str:
    """`0.3`, `1,000`."""
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def in_percent(value: float) -> str:
    """`30 %`."""
    return f"{100 * value:g} %"


@dataclass(frozen=True)
class Setting:
    """What can be swept.

    Attributes:
        words: what it is called.
        at: where dropout helps: a template for its values, with {s} at the end of a noun that is counted.
        steps: by default, the values are these, or the options' own value times these for whole numbers.
        written: a value in tables and sentences.
        who: what helps.
    """

    words: str
    at: str
    steps: tuple[float, ...]
    written: Callable[[float], str] = plainly
    who: str = "dropout"

    def place(self, values: Sequence[str]) -> str:
        """Where dropout helps, by these values as they are written: `after 1 epoch`, `at p = 0.3 and 0.4`."""
        return self.at.format(listed(values), s="" if list(values) == ["1"] else "s")


SETTINGS = {
    "p": Setting("p", "at p = {}", (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)),
    "input_p": Setting(
        "p of the inputs", "at p = {}", (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7), who="dropout on the inputs"
    ),
    "train_size": Setting("training examples", "with {} training example{s}", (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1)),
    "width": Setting(
        "hidden units per layer", "with {} hidden unit{s} per layer", (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2)
    ),
    "label_noise": Setting(
        "random labels", "with {} of the training labels random", (0, 0.1, 0.2, 0.3, 0.4, 0.5), in_percent
    ),
    "epochs": Setting("epochs", "after {} epoch{s}", (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2)),
}
"""By their names in the options."""

FIGURE_10 = {"mnist": (100, 500, 1000, 5000, 10_000, 50_000), "digits": (50, 100, 200, 500, 1000, 1500)}
"""By the data set: the numbers of training examples of figure 10, where the paper's do not fit smaller ones."""

FIXED_WIDTH, FIXED_KEPT = "fixed width", "fixed number of kept units"
"""The two series of figure 9."""


def usual_numbers(over: str, own: int) -> tuple[int, ...]:
    """The values by default of a setting that is a whole number, ascending.

    Args:
        over: the setting.
        own: its value in the options.
    """
    return tuple(sorted({max(1, int(step * own)) for step in SETTINGS[over].steps}))


def name_of(value: float) -> str:
    """A value as records have it: `0.3`, `1000`."""
    return str(value) if isinstance(value, int) else f"{value:g}"
