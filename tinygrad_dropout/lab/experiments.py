"""All experiments by name, and functions to run the comparison and to read, merge and report folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from tinygrad_dropout.lab.comparison import Compare, Comparison, Config
from tinygrad_dropout.lab.comparison.own_framework import CompareOwn
from tinygrad_dropout.lab.evidence.boundary.experiment import BOUNDARY
from tinygrad_dropout.lab.evidence.coadaptation.experiment import COADAPTATION
from tinygrad_dropout.lab.evidence.paper import CHOICE, PAPER
from tinygrad_dropout.lab.evidence.rivals import RIVALS
from tinygrad_dropout.lab.evidence.sweep import SWEEP
from tinygrad_dropout.lab.evidence.uncertainty import UNCERTAINTY
from tinygrad_dropout.lab.evidence.when import WHEN
from tinygrad_dropout.lab.page import write_page
from tinygrad_dropout.lab.theory import EXPERIMENTS as THEORY_EXPERIMENTS
from tinygrad_dropout.lab.trials import Experiment, Outcome, Progress, Tell, run
from tinygrad_dropout.lab.trials.folder import Folder
from tinygrad_dropout.lab.trials.merging import merge as merge_folders
from tinygrad_dropout.lab.trials.merging import read as read_folder
from tinygrad_dropout.lab.trials.running import show_nothing

EVIDENCE = (WHEN, SWEEP, RIVALS, COADAPTATION, UNCERTAINTY, BOUNDARY, CHOICE, PAPER)
EXPERIMENTS: dict[str, Experiment] = {
    experiment.name: experiment for experiment in (Compare(), CompareOwn(), *EVIDENCE, *THEORY_EXPERIMENTS.values())
}


def compare(
    config: Config,
    *,
    out: str | Path | None = None,
    workers: int = 1,
    dask: str | None = None,
    progress: Progress = show_nothing,
    tell: Tell = show_nothing,
) -> Comparison:
    """Train an MLP with and without dropout, in pairs that share everything else.

    Args:
        config: the data, the network, the training and the number of pairs.
        out, workers, dask, progress, tell: see `trials.run`.

    Returns:
        The comparison, with as many pairs as `config.seeds`.

    Raises:
        LabError: a package, the data, the folder or the cluster cannot be used.
        Interrupted: Ctrl-C; the finished trials are kept.
    """
    outcome = run(Compare(), config, out=out, workers=workers, dask=dask, progress=progress, tell=tell)
    return cast(Comparison, outcome)


def save(outcome: Outcome, folder: str | Path) -> None:
    """Write results.json and the pictures to a folder, which is created if necessary.

    Raises:
        LabError: the folder contains something else, or cannot be written.
    """
    Folder(folder).save(outcome)


def read(folder: str | Path) -> Outcome:
    """Read the output folder of any experiment, finished or not.

    Raises:
        LabError: the folder has no results, or they are damaged.
    """
    return read_folder(Folder(folder), list(EXPERIMENTS.values()))


def report(folder: str | Path, out: str | Path | None = None, *, tell: Tell = show_nothing) -> Path:
    """Write a folder's results as one page for a browser, and return the file: see `page.write_page`."""
    return write_page(folder, list(EXPERIMENTS.values()), out, tell=tell)


def merge(folders: Sequence[str | Path], out: str | Path) -> Outcome:
    """Combine several folders of one experiment into a new one: see `trials.merging.merge`."""
    return merge_folders(folders, out, EXPERIMENTS.values())
