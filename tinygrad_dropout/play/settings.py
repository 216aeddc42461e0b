"""The settings of the page: their allowed values, and how a link stores them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tinygrad_dropout.play.datasets import GENERATED

DRAWN = "drawn"
MAX_DRAWN = 400
PLANE = 3.0  # the page shows the plane from -3 to 3 along both axes

Drawn = tuple[tuple[float, float, int], ...]


class SettingError(ValueError):
    """A setting or value that is not allowed; the message says which, what was given and what was expected."""


@dataclass(frozen=True)
class Number:
    """A setting that is a number from `least` to `most`; `whole` for an int."""

    least: float
    most: float
    whole: bool = False

    def read(self, name: str, given: Any) -> float:
        try:
            value = float(given)
            if self.least <= value <= self.most and (not self.whole or value == int(value)):
                return int(value) if self.whole else value
        except (TypeError, ValueError):
            pass
        kind = "a whole number" if self.whole else "a number"
        raise SettingError(f"{name}: expected {kind} from {self.least} to {self.most}, got {given!r}")


@dataclass(frozen=True)
class Choice:
    """A setting that is one of a few words."""

    options: tuple[str, ...]

    def read(self, name: str, given: Any) -> str:
        if given not in self.options:
            raise SettingError(f"{name}: expected one of {', '.join(self.options)}, got {given!r}")
        return str(given)


class Drawing:
    """The points drawn by hand. A link has `x.y.class` for each, with coordinates in hundredths, joined by `_`."""

    def read(self, name: str, given: Any) -> Drawn:
        try:
            points = [point.split(".") for point in given.split("_") if point] if isinstance(given, str) else given
            scale = 100 if isinstance(given, str) else 1
            read = tuple((round(float(x) / scale, 2), round(float(y) / scale, 2), int(label)) for x, y, label in points)
        except (TypeError, ValueError):
            raise SettingError(f"{name}: expected points of x, y and class, got {given!r:.60}") from None
        if len(read) > MAX_DRAWN:
            raise SettingError(f"{name}: expected at most {MAX_DRAWN} points, got {len(read)}")
        for x, y, label in read:
            if not (abs(x) <= PLANE and abs(y) <= PLANE and label in (0, 1)):
                raise SettingError(
                    f"{name}: expected points from -{PLANE:g} to {PLANE:g} of class 0 or 1, got ({x}, {y}) of {label}"
                )
        return read


ALLOWED: dict[str, Number | Choice | Drawing] = {
    "data": Choice((*GENERATED, DRAWN)),
    "points": Number(10, 1000, whole=True),
    "noise": Number(0, 1),
    "label_noise": Number(0, 0.5),
    "width": Number(1, 64, whole=True),
    "depth": Number(1, 4, whole=True),
    "p": Number(0, 1),
    "input_p": Number(0, 1),
    "scaling": Choice(("train", "test")),
    "optimizer": Choice(("sgd", "momentum", "adam")),
    "lr": Number(0, 10),
    "weight_decay": Number(0, 1),
    "batch_size": Number(1, 1000, whole=True),
    "seed": Number(0, 2**32 - 1, whole=True),
    "drawn": Drawing(),
}

#: These settings change the running training; any other setting restarts both networks.
WHILE_TRAINING = ("p", "input_p", "scaling", "optimizer", "lr", "weight_decay", "batch_size")


@dataclass(frozen=True)
class Settings:
    """Everything that determines what both networks learn.

    Attributes:
        data: the source of the points: a key of `datasets.GENERATED`, or "drawn".
        points, noise, label_noise: see `datasets.make_points`.
        width, depth: the units per hidden layer, and the number of hidden layers.
        p, input_p: the probability of dropping a hidden unit, and of dropping an input.
        scaling: "train" (inverted dropout) or "test" (the original scheme).
        optimizer: "sgd", "momentum" (SGD with momentum 0.9) or "adam".
        lr, weight_decay, batch_size: of the training of both networks.
        seed: of all random numbers.
        drawn: (x, y, class) of each point drawn by hand.
    """

    data: str = "moons"
    points: int = 60
    noise: float = 0.3
    label_noise: float = 0.1
    width: int = 32
    depth: int = 2
    p: float = 0.5
    input_p: float = 0.0
    scaling: str = "train"
    optimizer: str = "adam"
    lr: float = 0.01
    weight_decay: float = 0.0
    batch_size: int = 16
    seed: int = 0
    drawn: Drawn = ()

    def changed(self, changes: Mapping[str, Any]) -> Settings:
        """These settings with some of them changed.

        Raises:
            SettingError: there is no such setting, or the value is not allowed.
        """
        if unknown := [name for name in changes if name not in ALLOWED]:
            raise SettingError(f"expected settings among {', '.join(ALLOWED)}; got {unknown[0]!r}")
        read: dict[str, Any] = {name: ALLOWED[name].read(name, value) for name, value in changes.items()}
        return replace(self, **read)

    def training(self) -> dict[str, Any]:
        """The settings that `TwoNetworks` takes."""
        return {name: getattr(self, name) for name in ("seed", "width", "depth", *WHILE_TRAINING)}

    def as_fragment(self) -> str:
        """The part of a link after `#`."""
        drawn = "_".join(f"{round(100 * x)}.{round(100 * y)}.{label}" for x, y, label in self.drawn)
        return urlencode({**asdict(self), "drawn": drawn})

    @classmethod
    def from_fragment(cls, fragment: str) -> Settings:
        """The settings in a link; those it does not mention have their defaults.

        Args:
            fragment: the result of `as_fragment`, or a whole link that ends in one.

        Raises:
            SettingError: as for `changed`.
        """
        return cls().changed(dict(parse_qsl(fragment.rpartition("#")[2], keep_blank_values=True)))
