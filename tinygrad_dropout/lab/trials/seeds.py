"""The seeds of an experiment: which are run, and the records of those that are whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tinygrad_dropout.lab.trials.trial import Record


def seeds_of(options: Mapping[str, Any]) -> range:
    """The seeds that are run, of options that have seeds and first_seed."""
    return range(options["first_seed"], options["first_seed"] + options["seeds"])


def whole_seeds(records: Sequence[Record], trials: int) -> list[dict[tuple[str, str], Record]]:
    """For each seed whose trials have all run: their records, by configuration and arm.

    Args:
        records: in any order.
        trials: how many each seed has.
    """
    seeds: dict[int, dict[tuple[str, str], Record]] = {}
    for record in records:
        seeds.setdefault(record["seed"], {})[record["configuration"], record["arm"]] = record
    return [found for _, found in sorted(seeds.items()) if len(found) == trials]


def arms_of_whole_seeds(records: Sequence[Record], arms: int) -> list[dict[str, Record]]:
    """The same where no two trials of a seed have the same arm: by the arm."""
    return [{arm: record for (_, arm), record in seed.items()} for seed in whole_seeds(records, arms)]
