"""An experiment that has been run: its figures, which print as a table and are kept as JSON with a picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from tinygrad_dropout.lab import notebook, report, results
from tinygrad_dropout.lab.errors import LabError, require_extras
from tinygrad_dropout.lab.theory import ensemble, expectation, ridge
from tinygrad_dropout.lab.theory.shown import Figures

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


class Experiment(Protocol):
    """What there is to every experiment: the names that its module has."""

    Options: type[Any]
    """What decides the figures."""

    def measure(self, options: Any, /) -> Figures:
        """From the options to the figures."""

    def describe(self, options: Figures, figures: Figures) -> str:
        """What was measured, in one line, from the options as JSON has them and the figures."""

    def tables(self, figures: Figures) -> Sequence[Table]:
        """The figures as tables to print."""

    def notes(self, figures: Figures) -> Sequence[str]:
        """What they show, the verdict first."""

    def draw(self, file: Path | BinaryIO, figures: Figures, title: str, caption: str) -> None:
        """Write the picture under a title, over a caption."""


EXPERIMENTS: dict[str, Experiment] = {"expectation": expectation, "ensemble": ensemble, "ridge": ridge}


@dataclass(frozen=True, repr=False)
class Outcome:
    """The figures of one experiment. `print` shows the tables and what they show; a notebook shows the picture too.

    Attributes:
        name: a key of EXPERIMENTS.
        options: what decides the figures.
        versions: what they were made with.
        figures: see the experiment's `measure`.
    """

    name: str
    options: dict[str, Any]
    versions: dict[str, str]
    figures: Figures

    @classmethod
    def load(cls, path: Path) -> Outcome:
        """The outcome that `save` wrote to this file.

        Raises:
            LabError: it is another file, or damaged.
        """
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            found = cls(kept["experiment"], dict(kept["options"]), dict(kept["versions"]), dict(kept["figures"]))
            found.notes  # noqa: B018 - reads the figures: are they whole, and those that this version measures?
            return found
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise LabError(
                f"{path}: expected the figures of an experiment, got another file, or one of an earlier version; "
                "choose another folder"
            ) from error

    @property
    def notes(self) -> Sequence[str]:
        """What the figures show, in sentences; the first is the verdict."""
        return EXPERIMENTS[self.name].notes(self.figures)

    @property
    def description(self) -> str:
        """What was measured, in one line."""
        return EXPERIMENTS[self.name].describe(self.options, self.figures)

    def save(self, folder: str | Path) -> None:
        """Write NAME.json and NAME.png to a folder, which is made if need be.

        Raises:
            LabError: the folder holds figures that were made with other options, or a file cannot be written.
        """
        folder = Path(folder)
        results.prepare_folder(folder)
        with results.owned(folder):
            path = folder / f"{self.name}.json"
            check_free(path, self.name, self.options)
            kept = {"experiment": self.name, "options": self.options, "versions": self.versions}
            results.write_json(path, {**kept, "figures": self.figures})
            self.draw(folder / f"{self.name}.png")

    def draw(self, file: Path | BinaryIO) -> None:
        """Write the picture, a PNG."""
        EXPERIMENTS[self.name].draw(file, self.figures, self.notes[0], self.description)

    def show(self, console: Console) -> None:
        """Print the tables and what they show to a rich console."""
        whole_lines = not console.is_terminal  # a terminal would break them inside words
        console.print(self.description, highlight=False, soft_wrap=whole_lines)
        for table in EXPERIMENTS[self.name].tables(self.figures):
            console.print(table)
        for place, note in enumerate(self.notes):
            console.print(note, style="dim" if place else "bold", highlight=False, soft_wrap=whole_lines)

    def __str__(self) -> str:
        return report.as_text(self.show)

    def __repr__(self) -> str:
        return f"<Outcome of {self.name}: {self.description}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the tables, what they show, and the picture."""
        return notebook.as_html(self.show, [notebook.drawn(self.draw)])


def run(name: str, options: Any, *, out: str | Path | None = None) -> Outcome:
    """Run an experiment.

    Args:
        name: expectation, ensemble or ridge.
        options: an object of that experiment's `Options`.
        out: the folder for its figures and its picture; nothing is written if None.

    Raises:
        LabError: a package is missing, or the folder will not do.
    """
    require_extras(needed_by=f"the experiment (tinygrad-dropout lab {name}, tinygrad_dropout.lab.theory)")
    from threadpoolctl import threadpool_limits

    wanted = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(options).items()}
    if out is not None:  # before the work rather than after it
        results.prepare_folder(Path(out))
        check_free(Path(out, f"{name}.json"), name, wanted)
    with threadpool_limits(1):  # with more, sums could be cut into other pieces: the same seed gives the same bits
        figures = EXPERIMENTS[name].measure(options)
    outcome = Outcome(name, wanted, results.versions(), figures)
    if out is not None:
        outcome.save(out)
    return outcome


def check_free(path: Path, name: str, options: dict[str, Any]) -> None:
    """Raise a LabError unless there is no such file, or one of the same experiment with the same options."""
    if path.exists():
        found = Outcome.load(path)
        results.check_same(
            path.parent, "options", {"experiment": found.name, **found.options}, {"experiment": name, **options}
        )
