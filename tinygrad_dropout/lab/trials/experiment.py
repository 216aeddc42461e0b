"""The base classes of experiments (trials, analysis, pictures) and of their outcomes.

Each experiment is a class in its own module, with everything that belongs to it.
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
"""Everything that determines the results of an experiment, as JSON values: its settings and a digest of its data."""

Figures = dict[str, Any]
"""The figures computed from the records, as JSON values."""

Tell = Callable[[str], object]
"""A function that is called with each sentence the user should read before training starts."""

Draw = Callable[["Outcome", BinaryIO], None]
"""A function that draws a picture of an outcome into an open file."""


class Experiment(ABC):
    """An experiment: its trials, their analysis, and how the result is shown.

    Two objects of the same class with equal attributes are the same experiment.
    """

    name: str
    """Its name on the command line and in results.json."""

    quick: ClassVar[Mapping[str, Any]] = {}
    """The options that make it a run of a few seconds."""

    @property
    @abstractmethod
    def options_class(self) -> type[Any]:
        """The dataclass of its options."""

    def prepare(self, options: Any, tell: Tell) -> tuple[Any, Any]:
        """Read the data, and fill in the options that depend on them.

        Returns:
            The options, and the data for the workers.

        Raises:
            LabError: the options or the data cannot be used.
        """
        return options, None

    @abstractmethod
    def as_json(self, options: Any, data: Any) -> Options:
        """Everything that determines the results."""

    @abstractmethod
    def trials(self, options: Options) -> Sequence[Trial]:
        """All trials, in the order in which they are run and kept."""

    def epochs(self, options: Options) -> int:
        """The most times that a trial calls `after_epoch`."""
        return 1

    @abstractmethod
    def run_trial(self, options: Any, data: Any, trial: Trial, after_epoch: Callable[[], None]) -> dict[str, Any]:
        """Run one trial, and return its measurements as JSON values.

        Args:
            options, data: the results of `prepare`.
            trial: the trial to run.
            after_epoch: called after each epoch of training; can raise to end it.
        """

    @abstractmethod
    def is_complete(self, options: Options, record: Record) -> bool:
        """Whether a saved record has everything that `run_trial` returns. Can raise KeyError or TypeError if not."""

    def check(self, options: Options, siblings: Sequence[Record]) -> None:
        """Raise an error if trials with the same configuration and seed do not fit together. That would be a bug."""
        return

    @abstractmethod
    def analyze(self, options: Options, records: Sequence[Record]) -> Figures | None:
        """Compute the figures from the records; None if there are too few. Some records can be missing."""

    @abstractmethod
    def describe(self, options: Options, figures: Figures) -> str:
        """What was done, in one line."""

    @abstractmethod
    def tables(self, options: Options, figures: Figures) -> Sequence[Table]:
        """The tables of the figures."""

    @abstractmethod
    def notes(self, options: Options, figures: Figures) -> Sequence[str]:
        """The sentences about the figures, the verdict first."""

    @property
    @abstractmethod
    def pictures(self) -> Mapping[str, Draw]:
        """The functions that draw the pictures, by file name."""

    def shown_in(self, picture: str) -> str:
        """The alternative text of a picture: the first line of the docstring of its drawing function."""
        return (self.pictures[picture].__doc__ or picture).splitlines()[0]

    def outcome(self, options: Options, versions: dict[str, str], records: Sequence[Record] = ()) -> Outcome:
        """The outcome with these records."""
        return Outcome(self, options, versions, tuple(records))


@dataclass(frozen=True)
class Outcome:
    """The records of an experiment, finished or not. `print` shows the tables and the verdict.

    Attributes:
        experiment: the experiment.
        options: everything that determines the results: the settings and a digest of the data.
        versions: the versions of the packages used.
        records: the records of the finished trials, in the order of the trials.
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
        """The trials that have not finished."""
        finished = {Trial.of(record) for record in self.records}
        return [trial for trial in self.trials if trial not in finished]

    @property
    def finished(self) -> bool:
        """Whether all trials have finished."""
        return not self.missing

    @cached_property
    def figures(self) -> Figures | None:
        """The figures of the records; None if there are too few."""
        return self.experiment.analyze(self.options, self.records)

    @property
    def description(self) -> str:
        """What was done, in one line; "" if there are too few records."""
        return "" if self.figures is None else self.experiment.describe(self.options, self.figures)

    @property
    def notes(self) -> Sequence[str]:
        """The sentences about the figures, the verdict first."""
        return () if self.figures is None else self.experiment.notes(self.options, self.figures)

    def with_records(self, records: Iterable[Record]) -> Outcome:
        """The same outcome with more records."""
        place = {trial: number for number, trial in enumerate(self.trials)}
        together = sorted((*self.records, *records), key=lambda record: place[Trial.of(record)])
        return replace(self, records=tuple(together))

    def check(self, record: Record) -> None:
        """Raise an error if a record does not fit those with the same configuration and seed. That would be a bug."""
        trial = Trial.of(record)
        siblings = [
            other
            for other in self.records
            if (other["configuration"], other["seed"]) == (trial.configuration, trial.seed)
        ]
        self.experiment.check(self.options, [*siblings, record])

    def show(self, console: Console) -> None:
        """Print the tables and the sentences about them to a rich console."""
        if self.figures is None:
            finished, trials = len(self.records), len(self.trials)
            console.print(f"{finished} of {trials} trials are finished: too few for a result.", highlight=False)
            return
        whole_lines = not console.is_terminal  # unlike rich, a terminal may break lines inside words
        console.print(self.description, highlight=False, soft_wrap=whole_lines)
        for table in self.experiment.tables(self.options, self.figures):
            console.print()
            console.print(table)
        console.print()
        for place, note in enumerate(self.notes):
            console.print(note, style="dim" if place else "bold", highlight=False, soft_wrap=whole_lines)

    def pictures(self) -> dict[str, bytes]:
        """The pictures as PNG files, by file name; none if there are too few records."""
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
