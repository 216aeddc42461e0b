"""Put folders of one experiment together: seeds that were run on several machines, say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tinygrad_dropout.lab.errors import LabError
from tinygrad_dropout.lab.trials.experiment import Experiment, Outcome
from tinygrad_dropout.lab.trials.folder import Folder, differences_between, without_seeds
from tinygrad_dropout.lab.trials.trial import MOST_SEEDS, Record, Trial


def merge(folders: Sequence[str | Path], out: str | Path, experiments: Iterable[Experiment]) -> Outcome:
    """Write a folder that holds the records of several.

    Args:
        folders: finished or not, made with the same options but for the seeds, and with the same versions.
        out: the new folder. It may hold the same experiment already, and its records are kept too.
        experiments: those that the folders may be of.

    Returns:
        The outcome, from the lowest seed to the highest; seeds between that no folder has are missing in it.

    Raises:
        LabError: a folder has no results, or does not fit the first one, or has another record of the same trial, or
            its seeds are too far from the others'.
    """
    experiments = list(experiments)
    target = Folder(out)
    found = {Path(folder): read(Folder(folder), experiments) for folder in folders}
    target.prepare()
    with target.owned():
        already = target.read(experiments)
        if already is not None:
            found[target.path] = already
        outcome = merged_outcome(found)
        target.write(outcome)
        if outcome.finished:
            target.draw(outcome)
    return outcome


def read(folder: Folder, experiments: Sequence[Experiment]) -> Outcome:
    """What a folder holds.

    Raises:
        LabError: it has no results.
    """
    outcome = folder.read(experiments)
    if outcome is None:
        raise LabError(f"{folder.path}: expected a folder with a results.json, got none")
    return outcome


def merged_outcome(found: dict[Path, Outcome]) -> Outcome:
    """The records of all folders in one outcome, with every seed from the lowest to the highest."""
    first_path, first = next(iter(found.items()))
    records: dict[Trial, Record] = {}
    for path, outcome in found.items():
        problem = differences_between(made_with(outcome), made_with(first))
        if problem:
            raise LabError(f"{path} cannot be merged with {first_path}, because it was made differently ({problem})")
        for record in outcome.records:
            trial = Trial.of(record)
            if records.setdefault(trial, record) != record:
                raise LabError(
                    f"{path} has another record of a trial that an earlier folder has ({trial}): leave it out"
                )
    options = first.options
    if "seeds" in options:
        starts = [outcome.options["first_seed"] for outcome in found.values()]
        ends = [outcome.options["first_seed"] + outcome.options["seeds"] for outcome in found.values()]
        if max(ends) - min(starts) > MOST_SEEDS:
            raise LabError(
                f"expected folders whose seeds are at most {MOST_SEEDS:,} from the lowest to the highest, "
                f"got {min(starts)} to {max(ends) - 1}"
            )
        options = options | {"first_seed": min(starts), "seeds": max(ends) - min(starts)}
    return first.experiment.outcome(options, first.versions).with_records(records.values())


def made_with(outcome: Outcome) -> dict[str, Any]:
    """What must be the same in folders that are merged: everything but the seeds."""
    return {"experiment": outcome.experiment.name} | without_seeds(outcome.options) | outcome.versions
