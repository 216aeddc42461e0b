"""A trial: a configuration, an arm and a seed. It produces one record, the same wherever it runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

MAX_SEEDS = 10_000  # per experiment

Record = dict[str, Any]
"""The result of a trial as JSON values: configuration, arm and seed, and the measurements."""


@dataclass(frozen=True)
class Trial:
    """One training run, identified by everything that distinguishes it within its experiment.

    Attributes:
        configuration: the experiment's name for the settings; "" if there is only one configuration.
        arm: the kind of network, such as "with dropout"; "" if nothing is compared.
        seed: the seed of all its random numbers.
    """

    configuration: str
    arm: str
    seed: int

    @classmethod
    def of(cls, record: Record) -> Trial:
        """The trial of a record."""
        return cls(record["configuration"], record["arm"], record["seed"])

    def record(self, result: dict[str, Any]) -> Record:
        """The record of this trial: its configuration, arm and seed, and the result."""
        return asdict(self) | result

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.configuration, self.arm, f"seed {self.seed}")))
