"""Run an experiment: run its missing trials, keep every finished one, and continue where an earlier run stopped."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tinygrad_dropout.lab import plots
from tinygrad_dropout.lab.errors import OptionError, require_extras
from tinygrad_dropout.lab.trials.cluster import run_on_cluster
from tinygrad_dropout.lab.trials.experiment import Experiment, Outcome, Tell
from tinygrad_dropout.lab.trials.folder import Folder
from tinygrad_dropout.lab.trials.job import Job
from tinygrad_dropout.lab.trials.processes import run_here, run_in_processes
from tinygrad_dropout.lab.trials.trial import Record, Trial
from tinygrad_dropout.lab.trials.versions import versions

Progress = Callable[[int, int, int, int], None]
"""A function that is called with the epochs done, the epochs in total, the finished trials, and all trials."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during an experiment; `outcome` has the trials finished by then."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


def show_nothing(*_: object) -> None:
    """Ignore all arguments."""


@dataclass(frozen=True)
class Executor:
    """Where trials run.

    Attributes:
        workers: the number of processes; 1 runs the trials in this process.
        dask: the address of a Dask cluster to use instead, or None.
    """

    workers: int = 1
    dask: str | None = None

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise OptionError("workers", f"expected at least 1, got {self.workers}")

    def records(
        self, job: Job, trials: list[Trial], epochs: int, on_epochs: Callable[[int], None]
    ) -> Generator[Record]:
        """Run the trials, and yield each record as soon as it is ready. The records do not depend on where they run."""
        if self.dask is not None and trials:
            return run_on_cluster(job, trials, self.dask, epochs, on_epochs)
        if min(self.workers, len(trials)) <= 1:
            return run_here(job, trials, on_epochs)
        return run_in_processes(job, trials, self.workers, on_epochs)


def run(
    experiment: Experiment,
    options: Any,
    *,
    out: str | Path | None = None,
    workers: int = 1,
    dask: str | None = None,
    progress: Progress = show_nothing,
    tell: Tell = show_nothing,
) -> Outcome:
    """Run an experiment.

    Args:
        experiment: the experiment.
        options: its options.
        out: the folder for the records and, at the end, the pictures. If it contains the same experiment, unfinished or
            with fewer seeds, the experiment is continued; if it is finished, it is only read.
        workers: the number of processes that run trials. With more than 1, a script must call this under
            `if __name__ == "__main__":`.
        dask: the address of the scheduler of a Dask cluster, to run the trials there instead.
        progress: called regularly with the progress.
        tell: called with each sentence about how the data were read, before training starts.

    Returns:
        The outcome, with the records of all trials. Processors of the same type give the same bits, wherever the trials
        run; other processors agree up to rounding.

    Raises:
        LabError: a package, the data, the folder or the cluster cannot be used.
        Interrupted: Ctrl-C; the finished trials are kept.
    """
    where = Executor(workers, dask)
    require_extras(needed_by=f"the experiment {experiment.name} (tinygrad_dropout.lab)")
    options, data = experiment.prepare(options, tell)
    wanted = experiment.outcome(experiment.as_json(options, data), versions())
    job = Job(experiment, options, data)
    if out is None:
        return complete(wanted, job, None, where, progress)
    folder = Folder(out)
    found = folder.read_for(wanted)
    if found.finished and folder.has_pictures(experiment):
        return found
    folder.prepare()
    with folder.owned():
        return complete(folder.read_for(wanted), job, folder, where, progress)


def complete(outcome: Outcome, job: Job, folder: Folder | None, where: Executor, progress: Progress) -> Outcome:
    """Run the missing trials, save each record, and draw the pictures."""
    missing, epochs = outcome.missing, outcome.experiment.epochs(outcome.options)

    def on_epochs(done: int) -> None:
        progress(done, len(missing) * epochs, len(outcome.records), len(outcome.trials))

    try:
        with closing(where.records(job, missing, epochs, on_epochs)) as records:
            for record in records:
                outcome.check(record)
                outcome = outcome.with_records([record])
                if folder is not None:
                    folder.keep(outcome, record)
                    plots.import_matplotlib()  # while the workers run the next trials
        if missing:
            on_epochs(len(missing) * epochs)
        if folder is not None:
            folder.write(outcome)
            folder.draw(outcome)
    except KeyboardInterrupt:
        if folder is not None and outcome.records:
            folder.write(outcome)  # Ctrl-C may have interrupted writing the last record
        raise Interrupted(outcome) from None
    return outcome
