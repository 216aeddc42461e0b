"""The theory experiments as experiments of the lab: each is a single trial, whose measurement is a module."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from tinygrad_dropout.lab.theory import ensemble, expectation, ridge
from tinygrad_dropout.lab.trials import Draw, Experiment, Figures, Options, Outcome, Record, Trial

if TYPE_CHECKING:
    from rich.table import Table


class Measurement(Protocol):
    """What the module of a theory experiment defines."""

    Options: type[Any]
    """A dataclass of the options; one of its fields is `seed`."""

    def measure(self, options: Any, /) -> Figures:
        """Measure, and return the figures in a form that JSON can store."""

    def describe(self, options: Figures, figures: Figures) -> str:
        """What was measured, in one line. The options are in their JSON form."""

    def tables(self, figures: Figures) -> Sequence[Table]:
        """The figures as tables to print."""

    def notes(self, figures: Figures) -> Sequence[str]:
        """The sentences about the figures, the verdict first."""

    def draw(self, file: BinaryIO, figures: Figures, title: str, caption: str) -> None:
        """Write the picture under a title, over a caption. The docstring's first line says what it shows."""


MEASUREMENTS: dict[str, Measurement] = {"expectation": expectation, "ensemble": ensemble, "ridge": ridge}


@dataclass(frozen=True)
class OneTrial(Experiment):
    """The theory experiment with this name in MEASUREMENTS. It has one record, which holds the figures."""

    name: str

    @property
    def measurement(self) -> Measurement:
        """The module of this experiment."""
        return MEASUREMENTS[self.name]

    @property
    def options_class(self) -> type[Any]:
        return self.measurement.Options

    def as_json(self, options: Any, data: None) -> Options:
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(options).items()}

    def trials(self, options: Options) -> list[Trial]:
        return [Trial("", "", options["seed"])]

    def run_trial(self, options: Any, data: None, trial: Trial, after_epoch: Callable[[], None]) -> dict[str, Any]:
        figures = self.measurement.measure(options)
        after_epoch()
        return {"figures": figures}

    def is_complete(self, options: Options, record: Record) -> bool:
        return bool(self.measurement.notes(record["figures"]))  # a KeyError or TypeError if a figure is missing

    def analyze(self, options: Options, records: Sequence[Record]) -> Figures | None:
        return records[0]["figures"] if records else None

    def describe(self, options: Options, figures: Figures) -> str:
        return self.measurement.describe(options, figures)

    def tables(self, options: Options, figures: Figures) -> Sequence[Table]:
        return self.measurement.tables(figures)

    def notes(self, options: Options, figures: Figures) -> Sequence[str]:
        return self.measurement.notes(figures)

    @property
    def pictures(self) -> Mapping[str, Draw]:
        return {f"{self.name}.png": self.draw}

    def shown_in(self, picture: str) -> str:
        return (self.measurement.draw.__doc__ or picture).splitlines()[0]

    def draw(self, outcome: Outcome, file: BinaryIO) -> None:
        """Write the picture, a PNG."""
        assert outcome.figures is not None, "the trial is finished"
        self.measurement.draw(file, outcome.figures, outcome.notes[0], outcome.description)


EXPERIMENTS = {name: OneTrial(name) for name in MEASUREMENTS}
