"""What an experiment is: a set of trials, what their records show, and pictures. One module has all of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from tinygrad_dropout.lab.trials.trial import Record, Trial

if TYPE_CHECKING:
    from rich.table import Table

    from tinygrad_dropout.lab.trials.outcome import Outcome

Options = dict[str, Any]
"""What decides the numbers of an experiment, as JSON has it: its settings, and a digest of its data."""

Figures = dict[str, Any]
"""What the records show, as JSON has it."""

Tell = Callable[[str], object]
"""Is called with a sentence that a person should read before anything is trained."""

Draw = Callable[["Outcome", BinaryIO], None]
"""Draws a picture of an outcome into a file open for writing."""


class Experiment(ABC):
    """What there is to every experiment. Two objects of one class with equal attributes are the same experiment."""

    name: str
    """What it is called on the command line and in results.json."""

    def prepare(self, options: Any, tell: Tell) -> tuple[Any, Any]:
        """Read the data, and settle the options that depend on them.

        Returns:
            The options; the data, which every worker is given.

        Raises:
            LabError: the options or the data will not do.
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
    def is_whole(self, options: Options, record: Record) -> bool:
        """Whether a record that was kept has all that `run_trial` gives. May raise KeyError or TypeError if not."""

    def check(self, options: Options, siblings: Sequence[Record]) -> None:
        """Raise an error if trials with the same configuration and seed do not fit together: a fault in the code."""
        return

    @abstractmethod
    def analyse(self, options: Options, records: Sequence[Record]) -> Figures | None:
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

    def outcome(self, options: Options, versions: dict[str, str], records: Sequence[Record] = ()) -> Outcome:
        """The outcome with these records."""
        from tinygrad_dropout.lab.trials.outcome import Outcome

        return Outcome(self, options, versions, tuple(records))
