"""The output folder: what is in it, and how it stays valid whatever happens.

results.json holds the options, the records and what they show. It is written after every trial while they are few;
later only when their number has grown by a tenth, so that ten thousand trials don't write it ten thousand times. Until
then a record is a line of journal.jsonl. At the end, and when a run is gone on with, the journal becomes part of
results.json. Both carry digests, so that a damaged digit is not taken for a result. Pictures are removed before the
records that they show are replaced: those that are there are never old.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any, BinaryIO

from tinygrad_dropout.lab.errors import LabError
from tinygrad_dropout.lab.trials.experiment import Experiment, Options, Outcome
from tinygrad_dropout.lab.trials.trial import Record, Trial
from tinygrad_dropout.saving._atomic import delete_abandoned, write_safely

RESULTS, JOURNAL = "results.json", "journal.jsonl"
REWRITE_GROWTH = 1.1  # of the number of records, between two times that results.json is written
EXTENDABLE = ("seeds", "first_seed")  # options in which a folder may be extended


class Folder:
    """One experiment's folder."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._write_whole_at = 0  # once there are so many records

    def prepare(self) -> None:
        """Make the folder, if it is not there, and check that files can be written to it.

        Raises:
            LabError: it cannot be made, or not be written to.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path):
                pass
        except OSError as error:
            raise LabError(f"{self.path}: the output folder cannot be written: {error.strerror}") from error

    @contextmanager
    def owned(self) -> Iterator[None]:
        """Lock the folder for this command until the context ends, however the process ends. (Not on Windows.)

        Raises:
            LabError: another command is writing to it.
        """
        try:
            import fcntl
        except ImportError:
            yield
            return
        descriptor = None
        try:
            try:
                descriptor = os.open(self.path, os.O_RDONLY)
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LabError(f"{self.path}: another command is writing to this folder; choose another") from None
            except OSError as error:
                raise LabError(f"{self.path}: the output folder cannot be locked: {error.strerror}") from error
            delete_abandoned(self.path)
            yield
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def keep(self, outcome: Outcome, record: Record) -> None:
        """Keep a record that the outcome has just got, whatever happens next.

        Raises:
            LabError: it cannot be written; what was written before is still there.
        """
        if len(outcome.records) >= self._write_whole_at:
            self.write(outcome)
            return
        line = as_lines([record, digest_of(record)]) + "\n"
        with self._reporting_errors(JOURNAL), (self.path / JOURNAL).open("ab") as file:
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())

    def write(self, outcome: Outcome) -> None:
        """Write results.json with all records, and delete the journal.

        Raises:
            LabError: it cannot be written; the old one is as it was.
        """
        results = {
            "experiment": outcome.experiment.name,
            "options": outcome.options,
            "versions": outcome.versions,
            "records": outcome.records,
            "summary": outcome.figures,
            "notes": list(outcome.notes),
            "digest": digest_of([outcome.experiment.name, outcome.options, outcome.versions, outcome.records]),
        }
        text = "{\n" + ",\n".join(f"{json.dumps(key)}: {as_lines(value)}" for key, value in results.items()) + "\n}\n"

        def write_text(file: BinaryIO) -> None:
            file.write(text.encode())
            file.flush()  # which fails on a full disk: then the old pictures stay, as the old records do
            for name in outcome.experiment.pictures:
                self._remove(name)

        self._write_file(RESULTS, write_text)
        self._remove(JOURNAL)
        self._write_whole_at = ceil(REWRITE_GROWTH * len(outcome.records))

    def save(self, outcome: Outcome) -> None:
        """Write everything, to a folder that may hold the same experiment already."""
        self.prepare()
        with self.owned():
            found = self.read([outcome.experiment])
            if found is not None:
                self.check_same("options", found.options, outcome.options)
            self.write(outcome)
            self.draw(outcome)

    def draw(self, outcome: Outcome) -> None:
        """Write the pictures, unless the records are too few for any."""
        if outcome.figures is None:
            return
        for name, draw in outcome.experiment.pictures.items():
            self._write_file(name, partial(draw, outcome))

    def has_pictures(self, experiment: Experiment) -> bool:
        """Whether all pictures are there."""
        return all((self.path / name).is_file() for name in experiment.pictures)

    def read(self, experiments: Iterable[Experiment]) -> Outcome | None:
        """What the folder holds; None if it has no results.

        Args:
            experiments: those that it may be of.

        Raises:
            LabError: it holds something else, or damaged files.
        """
        results = self._read_results()
        if results is None:
            return None
        found = next((one for one in experiments if one.name == results["experiment"]), None)
        if found is None:
            wanted = " or ".join(one.name for one in experiments)
            raise LabError(
                f"{self.path} holds the results of {results['experiment']}, not of {wanted}: choose another folder"
            )
        outcome = found.outcome(results["options"], results["versions"])
        records: dict[Trial, Record] = {}
        try:
            planned = set(outcome.trials)
            for record in (*results["records"], *self._read_journal()):
                trial = Trial.of(record)
                whole = trial in planned and records.setdefault(trial, record) == record
                if not (whole and found.is_complete(outcome.options, record)):
                    raise ValueError(trial)
        except (OSError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
            raise LabError(
                f"{self.path}: the records in this folder are damaged, or of another version; choose another folder"
            ) from error
        return outcome.with_records(records.values())

    def read_for(self, wanted: Outcome) -> Outcome:
        """What the folder already holds of the outcome that is wanted, which may have more seeds.

        Raises:
            LabError: it holds an outcome of other options, or one that was begun with other versions.
        """
        found = self.read([wanted.experiment])
        if found is None:
            return wanted
        self.check_same("options", without_seeds(found.options), without_seeds(wanted.options))
        surplus = set(found.trials) - set(wanted.trials)
        if surplus:
            self.check_same("options", found.options, wanted.options)
        merged = wanted.with_records(found.records)
        if merged.finished:
            return replace(merged, versions=found.versions)
        self.check_same("versions", found.versions, wanted.versions)
        return merged

    def check_same(self, what: str, found: dict[str, Any], wanted: dict[str, Any]) -> None:
        """Raise a LabError that names every option in which the folder differs from what is now asked for."""
        if problem := differences_between(found, wanted):
            raise LabError(f"{self.path} was made with other {what} ({problem}): choose another folder")

    def _read_results(self) -> dict[str, Any] | None:
        """What results.json holds; None where there is no such file."""
        path = self.path / RESULTS
        try:
            results = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError, RecursionError) as error:
            raise LabError(f"{path}: the file cannot be read, or is damaged: {error}; choose another folder") from error
        kinds = {"experiment": str, "options": dict, "versions": dict, "records": list}
        if not isinstance(results, dict) or any(not isinstance(results.get(key), kind) for key, kind in kinds.items()):
            raise LabError(
                f"{path}: expected the results of an experiment of this version, got another file; "
                "choose another folder"
            )
        digest = digest_of([results[key] for key in kinds])
        if results.get("digest", digest) != digest:  # there is none in files of earlier versions
            raise LabError(f"{path}: the file is damaged: its records are not those that were written")
        return results

    def _read_journal(self) -> Iterator[Record]:
        """The records in the journal. A last line that is not whole was being written when the run was killed."""
        try:
            lines = (self.path / JOURNAL).read_bytes().split(b"\n")[:-1]
        except FileNotFoundError:
            return
        for line in lines:
            record, digest = json.loads(line)
            if digest != digest_of(record):
                raise ValueError(line)
            yield record

    def _remove(self, name: str) -> None:
        """Remove a file that may be there."""
        with self._reporting_errors(name):
            (self.path / name).unlink(missing_ok=True)

    def _write_file(self, name: str, write: Callable[[BinaryIO], object]) -> None:
        """Write a file so that, at any moment, either the old or the new one is there whole."""
        with self._reporting_errors(name):
            write_safely(self.path / name, write)

    @contextmanager
    def _reporting_errors(self, name: str) -> Iterator[None]:
        """Turn an OSError, for example of a full disk, into a LabError."""
        try:
            yield
        except OSError as error:
            raise LabError(
                f"{self.path / name} could not be written ({error.strerror}); what was written before is still there"
            ) from error


def as_lines(value: object) -> str:
    """A value as JSON, with a line for each record of several."""
    if isinstance(value, tuple):
        return "[\n" + ",\n".join(as_lines(record) for record in value) + "\n]"
    return json.dumps(value, allow_nan=False)


def digest_of(value: object) -> str:
    """What tells a value from a damaged one, after both were written as JSON."""
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]


def without_seeds(options: Options) -> Options:
    """The options in which a folder cannot be extended."""
    return {name: value for name, value in options.items() if name not in EXTENDABLE}


def differences_between(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """Where they differ, as `p 0.5, not 0.3; seeds 10, not 5`.

    An experiment of several configurations keeps each of them too: what differs inside them is named only if nothing
    else differs, for it is mostly a consequence.
    """
    names = [name for name in {**wanted, **found} if found.get(name) != wanted.get(name)]
    inside = [name for name in names if isinstance(wanted.get(name), Mapping) and isinstance(found.get(name), Mapping)]
    plain = [name for name in names if name not in inside] or [
        name for name in inside if found[name].keys() != wanted[name].keys()
    ]
    if plain:
        return "; ".join(f"{name} {as_typed(found.get(name))}, not {as_typed(wanted.get(name))}" for name in plain)
    return "; ".join(f"{name}: {differences_between(found[name], wanted[name])}" for name in inside)


def as_typed(value: object) -> str:
    """A value as a person would write it; of a mapping, its names."""
    if isinstance(value, Sequence | Mapping) and not isinstance(value, str):
        return ",".join(map(str, value))
    return "unset" if value is None else str(value)
