"""The arms of a comparison: the kinds of networks, and which two are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tinygrad_dropout.lab.comparison.config import Config
from tinygrad_dropout.lab.comparison.methods import Method


@dataclass(frozen=True)
class Arm:
    """One kind of network in a comparison.

    Attributes:
        name: its name in records, tables and sentences.
        dropout: whether it has dropout.
        stops_early: whether its training ends when the validation loss no longer falls.
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
"""For each value of early_stopping, the pairs of arms to compare; the one without dropout comes first."""


def all_arms(options: Mapping[str, Any]) -> list[Arm]:
    """All arms, in the order in which they are run and shown."""
    return [arm for two in arms_of(options) for arm in two]


def arms_of(options: Mapping[str, Any]) -> tuple[tuple[Arm, Arm], ...]:
    """The pairs of arms to compare."""
    return PAIRS_OF_ARMS[options["early_stopping"]]


def method_of(config: Config, arm: Arm) -> Method:
    """The arm's method against overfitting."""
    patience = config.patience if arm.stops_early else None
    if not arm.dropout:
        return Method(patience=patience)
    return Method("with dropout", p=config.p, input_p=config.input_p, patience=patience)
