"""The options of a sweep, and the networks that are trained at each value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from tinygrad_dropout.lab.comparison.arms import WITH, WITHOUT
from tinygrad_dropout.lab.comparison.config import AUTOMATIC, Config
from tinygrad_dropout.lab.comparison.methods import PLAIN, Method
from tinygrad_dropout.lab.errors import OptionError
from tinygrad_dropout.lab.evidence.sweep.settings import (
    FIGURE_10,
    FIXED_KEPT,
    FIXED_WIDTH,
    RATES,
    SETTINGS,
    WHOLE,
    enough_epochs,
    usual_numbers,
)
from tinygrad_dropout.lab.text import alternatives

FIGURES = {9: "p", 10: "train_size"}  # of Srivastava et al. (2014), and what they sweep
MAX_P_OF_FIGURE_9 = 0.99  # because the layers become 1 / (1 - p) times as wide


@contextmanager
def reported_as_values() -> Iterator[None]:
    """Report an error in one of the values as an error in the option `values`."""
    try:
        yield
    except OptionError as error:
        raise OptionError("values", error.problem) from None


@dataclass(frozen=True)
class SweepOptions(Config):
    """The options: those of a comparison, and which of its settings is swept.

    Attributes:
        over: p, input_p, train_size, width (of all hidden layers), label_noise or epochs. Default: p.
        values: the values of that setting; 0 is added for p and input_p. Default: see `SETTINGS`; for whole numbers,
            the option's own value (train_size, epochs, the first of hidden), halved or doubled repeatedly.
        epochs, seeds: as in `Config`, but by default 200 and 6 for figure 9, whose networks learn slowly at a high p.
            If train_size is swept, networks are trained for more epochs if 2,000 updates need them.
        input_p: as in `Config`, but 0 by default if p is swept, so that p = 0 is a network without dropout.
        figure: a figure of Srivastava et al. (2014): 9 sweeps p without input dropout, once with the width fixed and
            once with the expected number of kept units fixed; 10 sweeps the number of training examples. Both use
            labels without noise by default, and MNIST if `data_dir` is given.
        filled_in: whether all this has been done; `dataclasses.replace` keeps it.

    Raises:
        OptionError: a value is not allowed, or p, input_p or label_noise has a value although it is swept.
    """

    early_stopping: str = field(default=Config.early_stopping, init=False)
    patience: int = field(default=Config.patience, init=False)
    input_p: float = AUTOMATIC
    epochs: int = AUTOMATIC
    seeds: int = AUTOMATIC
    over: str = AUTOMATIC
    values: tuple[float, ...] = ()
    figure: int = AUTOMATIC
    filled_in: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        over = self._checked_over()
        if not self.filled_in:
            self._refuse_what_is_swept(over)
        defaults: dict[str, Any] = {"over": over, "input_p": 0.0 if over == "p" else Config.input_p}
        defaults |= (
            {"epochs": 200, "seeds": 6} if self.figure == 9 else {"epochs": Config.epochs, "seeds": Config.seeds}
        )
        if self.figure is not None:
            defaults |= {"label_noise": 0.0} | ({"dataset": "mnist"} if self.data_dir is not None else {})
        for name, value in defaults.items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, value)
        super().__post_init__()
        object.__setattr__(self, "values", self._sorted_values())
        for value in self.values:
            with reported_as_values():
                self.at(value)
        object.__setattr__(self, "filled_in", True)

    def _checked_over(self) -> str:
        """What is swept."""
        if self.figure not in (None, *FIGURES):
            raise OptionError("figure", f"expected {alternatives(map(str, FIGURES))}, got {self.figure}")
        over = FIGURES.get(self.figure, self.over or "p")
        if self.over not in (None, over):
            raise OptionError("over", f"expected {over} with figure {self.figure}, got {self.over!r}")
        if over not in SETTINGS:
            raise OptionError("over", f"expected {alternatives(SETTINGS)}, got {over!r}")
        return over

    def _refuse_what_is_swept(self, over: str) -> None:
        """Raise an OptionError if the swept setting has a value too, unless the default values depend on it."""
        if over == "width" or (over in WHOLE and not self.values):
            return
        given = getattr(self, over)
        if given not in (None, getattr(Config, over)):
            raise OptionError(over, f"expected none, because it is swept over --values, got {given}")

    def _sorted_values(self) -> tuple[float, ...]:
        """The given or default values, ascending and without repetition; () if the data decide them."""
        kind: Any = int if self.over in WHOLE else float
        try:
            values = {kind(value) for value in self.values}
            if any(value not in values for value in self.values):
                raise ValueError
        except (TypeError, ValueError, OverflowError):
            whole = "whole numbers" if self.over in WHOLE else "numbers"
            raise OptionError("values", f"expected {whole} for {self.over}, got {self._typed}") from None
        if self.over in RATES:
            most = MAX_P_OF_FIGURE_9 if self.figure == 9 else 1
            if not all(0 <= value <= most for value in values):
                raise OptionError("values", f"expected probabilities of dropping from 0 to {most}, got {self._typed}")
            if values == {0.0}:
                raise OptionError("values", "expected a value above 0 to compare with 0, got only 0")
            values |= {0.0} if values else set()
        if values:
            return tuple(sorted(values))
        if self.figure == 10 and self.train_size is None and (sizes := FIGURE_10.get(self.dataset)):
            return sizes
        if self.over == "train_size":
            return ()
        if self.over in WHOLE:
            return usual_numbers(self.over, self.hidden[0] if self.over == "width" else self.epochs)
        return SETTINGS[self.over].steps

    @property
    def _typed(self) -> str:
        """The values as they were typed."""
        return ",".join(f"{value:g}" if isinstance(value, float) else str(value) for value in self.values)

    def at(self, value: float) -> Config:
        """The comparison with the swept setting at this value."""
        settings = {name: getattr(self, name) for name in Config.__dataclass_fields__}
        if self.over == "width":
            settings["hidden"] = (value,) * len(self.hidden)
        elif self.over not in RATES:  # the rates belong to the method, not to the comparison
            settings[self.over] = value
        if self.over == "train_size":
            settings["epochs"] = enough_epochs(int(value), self.epochs, self.batch_size)
        return Config(**settings)

    def series(self) -> tuple[str, ...]:
        """The networks that are trained at each value."""
        if self.figure == 9:
            return (FIXED_WIDTH, FIXED_KEPT)
        return ("dropout",) if self.over in RATES else (WITHOUT.name, WITH.name)

    def network(self, value: float, series: str) -> tuple[Config, Method]:
        """The configuration and the method of one network."""
        config = self.at(value)
        if series == WITHOUT.name:
            return config, PLAIN
        if series == FIXED_KEPT:  # at p = 0.5 both series have the same network
            config = replace(config, hidden=tuple(max(1, round(width / 2 / (1 - value))) for width in self.hidden))
        p = value if self.over == "p" else self.p
        return config, Method("with dropout", p=p, input_p=value if self.over == "input_p" else self.input_p)
