"""The settings that can be swept, how their values are written, and their default values."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tinygrad_dropout.lab.text import listed

RATES = ("p", "input_p")  # settings of dropout itself: other values are compared with 0
WHOLE = ("train_size", "width", "epochs")  # settings with whole numbers, drawn on a logarithmic axis


MIN_UPDATES = 2000  # in a sweep over train_size, so that few examples do not mean little training


def enough_epochs(train_size: int, epochs: int, batch_size: int) -> int:
    """This number of epochs, or more if `MIN_UPDATES` updates need them."""
    return max(epochs, math.ceil(MIN_UPDATES / math.ceil(train_size / batch_size)))


def plainly(value: float) -> str:
    """`0.3`, `1,000`."""
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def in_percent(value: float) -> str:
    """`30%`."""
    return f"{100 * value:g}%"


@dataclass(frozen=True)
class Setting:
    """A setting that can be swept.

    Attributes:
        words: its name in tables and sentences.
        at: a template for the values at which dropout helps, with {s} for the plural of a noun.
        steps: the default values; for whole numbers, the factors of the options' own value.
        written: formats a value for tables and sentences.
        who: the subject of the sentence that it helps.
    """

    words: str
    at: str
    steps: tuple[float, ...]
    written: Callable[[float], str] = plainly
    who: str = "dropout"

    def place(self, values: Sequence[str]) -> str:
        """The values at which dropout helps, in words: `after 1 epoch`, `at p = 0.3 and 0.4`."""
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
"""The numbers of training examples in figure 10 for each data set; smaller data sets need smaller ones."""

FIXED_WIDTH, FIXED_KEPT = "fixed width", "fixed number of kept units"
"""The two series of figure 9."""


def usual_numbers(over: str, own: int) -> tuple[int, ...]:
    """The default values of a setting with whole numbers, ascending.

    Args:
        over: the setting.
        own: its value in the options.
    """
    return tuple(sorted({max(1, int(step * own)) for step in SETTINGS[over].steps}))


def name_of(value: float) -> str:
    """The name of a value in records: `0.3`, `1000`."""
    return str(value) if isinstance(value, int) else f"{value:g}"
