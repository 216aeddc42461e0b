"""A job: everything that the trials of an experiment share, in a form that can be sent to a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tinygrad_dropout.lab.trials.experiment import Experiment
from tinygrad_dropout.lab.trials.trial import Record, Trial


@dataclass(frozen=True)
class Job:
    """Everything that the trials of an experiment share. Every worker gets it once.

    Attributes:
        experiment: the experiment.
        options, data: the results of its `prepare`.
    """

    experiment: Experiment
    options: Any
    data: Any

    def run(self, trial: Trial, after_epoch: Callable[[], None]) -> Record:
        """Run one trial on one thread, because more threads could split and round sums differently.

        Args:
            trial: the trial to run.
            after_epoch: called after each epoch of training; can raise to end it.
        """
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):
            return trial.record(self.experiment.run_trial(self.options, self.data, trial, after_epoch))
