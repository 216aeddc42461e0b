"""What an experiment is, a set of trials, an analysis and pictures, and what it gives: an outcome.

Each experiment is a class in a module of its own, which has everything that belongs to it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

from tinygrad_dropout.lab.notebook import as_html, drawn
from tinygrad_dropout.lab.text import as_text
from tinygrad_dropout.lab.trials.trial import Record, Trial

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

Options = dict[str, Any]
"""What decides the numbers of an experiment, as JSON has it: its settings, and a digest of its data."""

Figures = dict[str, Any]
"""What the records show, as JSON has it."""

Tell = Callable[[str], object]
"""Called with each sentence that the user should read before anything is trained."""

Draw = Callable[["Outcome", BinaryIO], None]
"""Draws a picture of an outcome into a file open for writing."""


class Experiment(ABC):
    """An experiment: its trials, their analysis, and how the result is shown.

    Two objects of one class with equal attributes are the same experiment.
    """

    name: str
    """What it is called on the command line and in results.json."""

    quick: ClassVar[Mapping[str, Any]] = {}
    """What replaces the defaults of the options in a run of a few seconds."""

    @property
    @abstractmethod
    def options_class(self) -> type[Any]:
        """The dataclass of its options."""

    def prepare(self, options: Any, tell: Tell) -> tuple[Any, Any]:
        """Read the data, and fill in the options that depend on them.

        Returns:
            The options; the data, which every worker is given.

        Raises:
            LabError: the options or the data cannot be used.
        """
        return options, None

    @abstractmethod
    def as_json(self, options: Any, data: Any) -> Options:
        """What decides the numbers."""

    @abstractmethod
    def trials(self, options: Options) -> Sequence[Trial]:
        """All trials, in the order in which they are run and kept."""

    def epochs(self, options: Options) -> int:
        """How often a trial calls `after_epoch`, at most."""
        return 1

    @abstractmethod
    def run_trial(self, options: Any, data: Any, trial: Trial, after_epoch: Callable[[], None]) -> dict[str, Any]:
        """Run one trial, and give what was measured, as JSON has it.

        Args:
            options, data: what `prepare` gave.
            trial: which one.
            after_epoch: is called after each epoch of training, and may raise to end it.
        """

    @abstractmethod
    def is_complete(self, options: Options, record: Record) -> bool:
        """Whether a record that was kept has all that `run_trial` gives. May raise KeyError or TypeError if not."""

    def check(self, options: Options, siblings: Sequence[Record]) -> None:
        """Raise an error if trials with the same configuration and seed do not fit together, which is a bug."""
        return

    @abstractmethod
    def analyze(self, options: Options, records: Sequence[Record]) -> Figures | None:
        """What the records show; None if they are too few to show anything. Some may be missing."""

    @abstractmethod
    def describe(self, options: Options, figures: Figures) -> str:
        """What was done, in one line."""

    @abstractmethod
    def tables(self, options: Options, figures: Figures) -> Sequence[Table]:
        """The figures as tables."""

    @abstractmethod
    def notes(self, options: Options, figures: Figures) -> Sequence[str]:
        """What the figures show, in sentences, the verdict first."""

    @property
    @abstractmethod
    def pictures(self) -> Mapping[str, Draw]:
        """What draws each picture, by the name of its file."""

    def shown_in(self, picture: str) -> str:
        """What a picture shows, for a reader who cannot see it: the first line of the docstring of what draws it."""
        return (self.pictures[picture].__doc__ or picture).splitlines()[0]

    def outcome(self, options: Options, versions: dict[str, str], records: Sequence[Record] = ()) -> Outcome:
        """The outcome with these records."""
        return Outcome(self, options, versions, tuple(records))


@dataclass(frozen=True)
class Outcome:
    """The records of an experiment, finished or not. `print` shows its tables and what they show.

    Attributes:
        experiment: which one.
        options: what decides the numbers: the settings, and a digest of the data.
        versions: what the numbers were made with.
        records: those of the finished trials, in the order of the trials.
    """

    experiment: Experiment
    options: Options
    versions: dict[str, str]
    records: tuple[Record, ...]

    @cached_property
    def trials(self) -> Sequence[Trial]:
        """All trials, finished or not."""
        return self.experiment.trials(self.options)

    @property
    def missing(self) -> list[Trial]:
        """The trials that are still to be run."""
        finished = {Trial.of(record) for record in self.records}
        return [trial for trial in self.trials if trial not in finished]

    @property
    def finished(self) -> bool:
        """Whether no trial is missing."""
        return not self.missing

    @cached_property
    def figures(self) -> Figures | None:
        """What the records show; None if they are too few."""
        return self.experiment.analyze(self.options, self.records)

    @property
    def description(self) -> str:
        """What was done, in one line; "" if the records are too few."""
        return "" if self.figures is None else self.experiment.describe(self.options, self.figures)

    @property
    def notes(self) -> Sequence[str]:
        """What the figures show, in sentences, the verdict first."""
        return () if self.figures is None else self.experiment.notes(self.options, self.figures)

    def with_records(self, records: Iterable[Record]) -> Outcome:
        """The same outcome with more records."""
        place = {trial: number for number, trial in enumerate(self.trials)}
        together = sorted((*self.records, *records), key=lambda record: place[Trial.of(record)])
        return replace(self, records=tuple(together))

    def check(self, record: Record) -> None:
        """Raise an error if a record does not fit those of its configuration and seed, which is a bug."""
        trial = Trial.of(record)
        siblings = [
            other
            for other in self.records
            if (other["configuration"], other["seed"]) == (trial.configuration, trial.seed)
        ]
        self.experiment.check(self.options, [*siblings, record])

    def show(self, console: Console) -> None:
        """Print the tables and what they show to a rich console."""
        if self.figures is None:
            finished, trials = len(self.records), len(self.trials)
            console.print(f"{finished} of {trials} trials are finished: too few for a result.", highlight=False)
            return
        whole_lines = not console.is_terminal  # a terminal would break them inside words
        console.print(self.description, highlight=False, soft_wrap=whole_lines)
        for table in self.experiment.tables(self.options, self.figures):
            console.print()
            console.print(table)
        console.print()
        for place, note in enumerate(self.notes):
            console.print(note, style="dim" if place else "bold", highlight=False, soft_wrap=whole_lines)

    def pictures(self) -> dict[str, bytes]:
        """The pictures as PNG files, by their names; none if the records are too few."""
        if self.figures is None:
            return {}
        return {name: drawn(partial(draw, self)) for name, draw in self.experiment.pictures.items()}

    def __str__(self) -> str:
        return as_text(self.show)

    def __repr__(self) -> str:
        verdict = self.notes[0] if self.notes else "too few for a result"
        done = f"{len(self.records)} of {len(self.trials)} trials"
        return f"<{type(self).__name__} of {self.experiment.name}, {done}: {verdict}>"

    def _repr_html_(self) -> str:
        return as_html(self.show, list(self.pictures().values()))
