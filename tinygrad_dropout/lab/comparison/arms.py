"""The arms of a comparison: which networks there are, and which two are compared with each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tinygrad_dropout.lab.comparison.config import Config
from tinygrad_dropout.lab.comparison.methods import Method


@dataclass(frozen=True)
class Arm:
    """One of the networks that are compared.

    Attributes:
        name: in records, tables and sentences.
        dropout: whether it has any.
        stops_early: whether its training ends when the loss on a validation part no longer falls.
    """

    name: str
    dropout: bool
    stops_early: bool


WITHOUT, WITH = Arm("without dropout", False, False), Arm("with dropout", True, False)
WITHOUT_EARLY, WITH_EARLY = (
    Arm("without dropout, stopped early", False, True),
    Arm("with dropout, stopped early", True, True),
)
ARMS = {arm.name: arm for arm in (WITHOUT, WITH, WITHOUT_EARLY, WITH_EARLY)}
PAIRS_OF_ARMS: dict[str | None, tuple[tuple[Arm, Arm], ...]] = {
    None: ((WITHOUT, WITH),),
    "only": ((WITHOUT_EARLY, WITH_EARLY),),
    "also": ((WITHOUT, WITH), (WITHOUT_EARLY, WITH_EARLY)),
}
"""By the option early_stopping: the arms that are compared with each other, each without dropout first."""


def all_arms(options: Mapping[str, Any]) -> list[Arm]:
    """Every arm, in the order in which they are run and shown."""
    return [arm for two in arms_of(options) for arm in two]


def arms_of(options: Mapping[str, Any]) -> tuple[tuple[Arm, Arm], ...]:
    """The arms that are compared with each other."""
    return PAIRS_OF_ARMS[options["early_stopping"]]


def method_of(config: Config, arm: Arm) -> Method:
    """What an arm's networks get against overfitting."""
    patience = config.patience if arm.stops_early else None
    if not arm.dropout:
        return Method(patience=patience)
    return Method("with dropout", p=config.p, input_p=config.input_p, patience=patience)
