"""Merge folders of one experiment, such as seeds from several machines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tinygrad_dropout.lab.errors import LabError
from tinygrad_dropout.lab.trials.experiment import Experiment, Outcome
from tinygrad_dropout.lab.trials.folder import Folder, differences_between, without_seeds
from tinygrad_dropout.lab.trials.trial import MAX_SEEDS, Record, Trial


def merge(folders: Sequence[str | Path], out: str | Path, experiments: Iterable[Experiment]) -> Outcome:
    """Combine the records of several folders in one.

    Args:
        folders: the folders, finished or not; they have the same versions, and the same options except for the seeds.
        out: the new folder. If it already contains the same experiment, its records are kept, too.
        experiments: the experiments that the folders may belong to.

    Returns:
        The outcome, from the lowest seed to the highest; seeds that no folder has are missing in it.

    Raises:
        LabError: a folder has no results, does not fit the first one, has a different record of the same trial, or its
            seeds are too far from the others.
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
    """Read the outcome in a folder.

    Raises:
        LabError: the folder has no results.
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
            raise LabError(f"cannot merge {path} with {first_path}, because they were made differently ({problem})")
        for record in outcome.records:
            trial = Trial.of(record)
            if records.setdefault(trial, record) != record:
                raise LabError(
                    f"{path} has a different record of a trial that an earlier folder has ({trial}); leave it out"
                )
    options = first.options
    if "seeds" in options:
        starts = [outcome.options["first_seed"] for outcome in found.values()]
        ends = [outcome.options["first_seed"] + outcome.options["seeds"] for outcome in found.values()]
        if max(ends) - min(starts) > MAX_SEEDS:
            raise LabError(
                f"expected folders whose seeds are at most {MAX_SEEDS:,} from the lowest to the highest, "
                f"got {min(starts)} to {max(ends) - 1}"
            )
        options = options | {"first_seed": min(starts), "seeds": max(ends) - min(starts)}
    return first.experiment.outcome(options, first.versions).with_records(records.values())


def made_with(outcome: Outcome) -> dict[str, Any]:
    """Everything that must be the same in merged folders: all but the seeds."""
    return {"experiment": outcome.experiment.name} | without_seeds(outcome.options) | outcome.versions
