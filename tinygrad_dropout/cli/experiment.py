"""Run an experiment of the lab and show it: the progress, then the tables and the verdict."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tinygrad_dropout import lab
from tinygrad_dropout.cli.arguments import INTERRUPTED, complain
from tinygrad_dropout.lab.errors import LabError, OptionError
from tinygrad_dropout.lab.progress import shown_progress
from tinygrad_dropout.lab.trials import Experiment, Outcome
from tinygrad_dropout.lab.trials.processes import usable_cores

if TYPE_CHECKING:
    from rich.console import Console


def report_errors(experiment: Callable[[], int]) -> int:
    """Run an experiment of the lab, and report its errors in one sentence.

    Returns:
        The exit code of the experiment, or `MISTAKE`.
    """
    try:
        return experiment()
    except OptionError as error:
        return complain(f"--{error.option.replace('_', '-')}: {error.problem}")
    except LabError as error:
        return complain(str(error))
    except MemoryError as error:
        return complain(f"there is not enough memory: {error}")


def show_experiment(
    experiment: Experiment,
    options: Any,
    name: str,
    *,
    workers: int | None = None,
    dask: str | None = None,
    out: str | Path | None = None,
    go_on: Path | None = None,
) -> int:
    """Run an experiment and show it.

    Args:
        experiment, options, dask: see `lab.trials.run`.
        name: the start of the folder's name, if `out` is None.
        workers: how many processes; None for one per core.
        out: the folder to write to.
        go_on: the folder to name for continuing after an interruption, if it differs from `out`.

    Returns:
        The exit code.
    """
    folder = default_folder(name) if out is None else Path(out)
    console, errors = new_console(), new_console(stderr=True)
    above_the_bar = console.is_terminal and errors.is_terminal  # printed by another console, it would continue the bar
    try:
        with shown_progress(errors) as progress:
            outcome = lab.run(
                experiment,
                options,
                out=folder,
                workers=usable_cores() if workers is None else workers,
                dask=dask,
                progress=progress,
                tell=errors.print if above_the_bar else console.print,
            )
    except lab.Interrupted as interruption:
        outcome = interruption.outcome
        finished = f"{len(outcome.records)} of {len(outcome.trials)} trials are finished"
        console.print(f"Interrupted: {finished}{' and kept' if outcome.records else ''}.")
        return show_outcome(outcome, go_on or folder, INTERRUPTED)
    except lab.WorkerError as error:
        kept = "; finished trials are kept; continue with" if (folder / "results.json").exists() else ""
        raise LabError(f"{error}{kept and f'{kept} --out {shlex.quote(str(go_on or folder))}'}") from error
    return show_outcome(outcome, folder)


def default_folder(name: str) -> Path:
    """The folder for results if none was given."""
    return Path("runs", f"{name}-{time.strftime('%Y%m%d-%H%M%S')}")


def new_console(*, stderr: bool = False) -> Console:
    """A console that prints text unchanged."""
    from rich.console import Console  # not before: it belongs to an extra

    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True, stderr=stderr)


def show_outcome(outcome: Outcome, folder: str | Path, code: int = 0, command: str = "the same command") -> int:
    """Show the results of an experiment, where they are kept, and the command that runs the missing trials."""
    console = new_console()
    outcome.show(console)
    if outcome.finished and code != INTERRUPTED:  # interrupted: perhaps before its pictures were drawn
        console.print(f"Results and pictures: {folder}")
    else:
        console.print(f"To continue: {command} with --out {shlex.quote(str(folder))}")
    return code
