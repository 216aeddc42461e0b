"""The output folder: its files, and how it stays valid whatever happens.

results.json contains the options, the records and the figures. While there are few records, it is written after every
trial. Later it is written only when their number has grown by a tenth, because ten thousand trials should not write it
ten thousand times; until then, each new record is a line of journal.jsonl. At the end, or when a run is continued, the
journal is merged into results.json. Both contain digests, so that a damaged digit is not mistaken for a result.
Pictures are deleted before the records they show are replaced, so they are never out of date.
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
REWRITE_GROWTH = 1.1  # write results.json again when the number of records has grown by this factor
EXTENDABLE = ("seeds", "first_seed")  # options that can change when a folder is extended


class Folder:
    """The folder of one experiment."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._write_whole_at = 0  # number of records at which to write results.json

    def prepare(self) -> None:
        """Create the folder if necessary, and check that files can be written to it.

        Raises:
            LabError: the folder cannot be created or written to.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path):
                pass
        except OSError as error:
            raise LabError(f"{self.path}: the output folder cannot be written: {error.strerror}") from error

    @contextmanager
    def owned(self) -> Iterator[None]:
        """Lock the folder for this command until the context or the process ends. (Not on Windows.)

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
        """Save the newest record of the outcome to the disk.

        Raises:
            LabError: it cannot be written; earlier records are still there.
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
            LabError: it cannot be written; the old file is unchanged.
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
            file.flush()  # fails on a full disk: then the old records and pictures stay
            for name in outcome.experiment.pictures:
                self._remove(name)

        self._write_file(RESULTS, write_text)
        self._remove(JOURNAL)
        self._write_whole_at = ceil(REWRITE_GROWTH * len(outcome.records))

    def save(self, outcome: Outcome) -> None:
        """Write everything to a folder, which may already contain the same experiment."""
        self.prepare()
        with self.owned():
            found = self.read([outcome.experiment])
            if found is not None:
                self.check_same("options", found.options, outcome.options)
            self.write(outcome)
            self.draw(outcome)

    def draw(self, outcome: Outcome) -> None:
        """Write the pictures, unless there are too few records."""
        if outcome.figures is None:
            return
        for name, draw in outcome.experiment.pictures.items():
            self._write_file(name, partial(draw, outcome))

    def has_pictures(self, experiment: Experiment) -> bool:
        """Whether all pictures exist."""
        return all((self.path / name).is_file() for name in experiment.pictures)

    def read(self, experiments: Iterable[Experiment]) -> Outcome | None:
        """Read the outcome in the folder; None if it has no results.

        Args:
            experiments: the experiments that it may belong to.

        Raises:
            LabError: the folder contains something else, or damaged files.
        """
        results = self._read_results()
        if results is None:
            return None
        found = next((one for one in experiments if one.name == results["experiment"]), None)
        if found is None:
            first, *others = experiments
            wanted = "any experiment of the lab" if others else f"{first.name}: choose another folder"
            raise LabError(f"{self.path} holds the results of {results['experiment']}, not of {wanted}")
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
        """The wanted outcome with the records that the folder already has; it can have more seeds than the folder.

        Raises:
            LabError: the folder has other options, or is unfinished and was started with other versions.
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
        """Raise a LabError that names every option or version in which the folder differs from the wanted ones."""
        if problem := differences_between(found, wanted):
            raise LabError(f"{self.path} was made with other {what} ({problem}): choose another folder")

    def _read_results(self) -> dict[str, Any] | None:
        """The contents of results.json; None if there is no such file."""
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
        if results.get("digest", digest) != digest:  # files of earlier versions have none
            raise LabError(f"{path}: the file is damaged: its records have changed since they were written")
        return results

    def _read_journal(self) -> Iterator[Record]:
        """The records in the journal. An incomplete last line, from a run that was killed, is ignored."""
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
        """Remove a file if it exists."""
        with self._reporting_errors(name):
            (self.path / name).unlink(missing_ok=True)

    def _write_file(self, name: str, write: Callable[[BinaryIO], object]) -> None:
        """Write a file so that at any moment either the old or the new one exists completely."""
        with self._reporting_errors(name):
            write_safely(self.path / name, write)

    @contextmanager
    def _reporting_errors(self, name: str) -> Iterator[None]:
        """Turn an OSError, for example of a full disk, into a LabError."""
        try:
            yield
        except OSError as error:
            raise LabError(
                f"{self.path / name} could not be written ({error.strerror}); earlier results are still there"
            ) from error


def as_lines(value: object) -> str:
    """A value as JSON; a tuple of records has one line per record."""
    if isinstance(value, tuple):
        return "[\n" + ",\n".join(as_lines(record) for record in value) + "\n]"
    return json.dumps(value, allow_nan=False)


def digest_of(value: object) -> str:
    """A digest of a value's JSON, to recognize damage."""
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]


def without_seeds(options: Options) -> Options:
    """The options that must not change when a folder is extended."""
    return {name: value for name, value in options.items() if name not in EXTENDABLE}


def differences_between(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """Describe the differences: `p 0.5, not 0.3; seeds 10, not 5`.

    An experiment with several configurations stores each of them. Differences inside them are mostly a consequence of
    others, so they are described only if there are no others. Another experiment has other options altogether.
    """
    if found.get("experiment") != wanted.get("experiment"):
        return f"experiment {as_typed(found.get('experiment'))}, not {as_typed(wanted.get('experiment'))}"
    names = [name for name in {**wanted, **found} if found.get(name) != wanted.get(name)]
    inside = [name for name in names if isinstance(wanted.get(name), Mapping) and isinstance(found.get(name), Mapping)]
    plain = [name for name in names if name not in inside] or [
        name for name in inside if found[name].keys() != wanted[name].keys()
    ]
    if plain:
        return "; ".join(f"{name} {as_typed(found.get(name))}, not {as_typed(wanted.get(name))}" for name in plain)
    return "; ".join(f"{name}: {differences_between(found[name], wanted[name])}" for name in inside)


def as_typed(value: object) -> str:
    """A value as you would type it; for a mapping, its keys."""
    if isinstance(value, Sequence | Mapping) and not isinstance(value, str):
        return ",".join(map(str, value))
    return "unset" if value is None else str(value)
