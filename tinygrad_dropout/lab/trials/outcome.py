"""What an experiment gives: the records of its trials, and what they show as tables, sentences and pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from tinygrad_dropout.lab.notebook import as_html, drawn
from tinygrad_dropout.lab.text import as_text
from tinygrad_dropout.lab.trials.experiment import Experiment, Figures, Options
from tinygrad_dropout.lab.trials.trial import Record, Trial

if TYPE_CHECKING:
    from rich.console import Console


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
        return self.experiment.analyse(self.options, self.records)

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
        """Raise an error if a record does not fit those of its configuration and seed: a fault in the code."""
        trial = Trial.of(record)
        siblings = [
            other
            for other in self.records
            if (other["configuration"], other["seed"]) == (trial.configuration, trial.seed)
        ]
        self.experiment.check(self.options, [*siblings, record])

    def save(self, folder: str | Path) -> None:
        """Write results.json and the pictures to a folder, which is made if need be.

        Raises:
            LabError: the folder holds something else, or it or a file cannot be written.
        """
        from tinygrad_dropout.lab.trials.folder import Folder

        Folder(folder).save(self)

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
