"""The seeds of an experiment, and the records of the seeds that are complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tinygrad_dropout.lab.trials.trial import Record


def seeds_of(options: Mapping[str, Any]) -> range:
    """The seeds to run, for options with seeds and first_seed."""
    return range(options["first_seed"], options["first_seed"] + options["seeds"])


def whole_seeds(records: Sequence[Record], trials: int) -> list[dict[tuple[str, str], Record]]:
    """For each seed whose trials have all finished, their records by configuration and arm.

    Args:
        records: the records, in any order.
        trials: the number of trials per seed.
    """
    seeds: dict[int, dict[tuple[str, str], Record]] = {}
    for record in records:
        seeds.setdefault(record["seed"], {})[record["configuration"], record["arm"]] = record
    return [found for _, found in sorted(seeds.items()) if len(found) == trials]


def arms_of_whole_seeds(records: Sequence[Record], arms: int) -> list[dict[str, Record]]:
    """The same by arm only, if every trial of a seed has a different arm."""
    return [{arm: record for (_, arm), record in seed.items()} for seed in whole_seeds(records, arms)]
