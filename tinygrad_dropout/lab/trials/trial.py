"""A trial: a configuration, an arm and a seed. It gives one record, the same wherever it runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

MOST_SEEDS = 10_000  # of an experiment

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
