"""A trial: a configuration, an arm and a seed. It gives one record, the same wherever it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tinygrad_dropout.lab.trials.experiment import Experiment

Record = dict[str, Any]
"""What a trial gives, as JSON has it: configuration, arm and seed, then what was measured."""


@dataclass(frozen=True)
class Trial:
    """One training, named by what tells it from the others of its experiment.

    Attributes:
        configuration: the settings, by the name that the experiment has for them; "" where there is only one.
        arm: which of the networks that are compared, such as "with dropout"; "" where nothing is compared.
        seed: where all its chance comes from.
    """

    configuration: str
    arm: str
    seed: int

    @classmethod
    def of(cls, record: Record) -> Trial:
        """The trial that gave a record."""
        return cls(record["configuration"], record["arm"], record["seed"])

    def record(self, result: dict[str, Any]) -> Record:
        """This trial's record: its name, then what was measured."""
        return asdict(self) | result

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.configuration, self.arm, f"seed {self.seed}")))


@dataclass(frozen=True)
class Job:
    """What all trials of an experiment share. Every worker gets it once.

    Attributes:
        experiment: which one.
        options, data: what its `prepare` gave.
    """

    experiment: Experiment
    options: Any
    data: Any

    def run(self, trial: Trial, after_epoch: Callable[[], None]) -> Record:
        """Run one trial, on one thread: with more, sums could be cut into other pieces, and rounded otherwise.

        Args:
            trial: which one.
            after_epoch: is called after each epoch of training, and may raise to end it.
        """
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):
            return trial.record(self.experiment.run_trial(self.options, self.data, trial, after_epoch))
