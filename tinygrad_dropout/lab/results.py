"""The output folder: what is in it, and how it stays valid whatever happens."""

from __future__ import annotations

import json
import math
import os
import platform
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

import tinygrad_dropout as td
from tinygrad_dropout.lab.epochs import measured_epochs
from tinygrad_dropout.lab.errors import LabError
from tinygrad_dropout.saving._atomic import delete_abandoned, write_safely

FILE = "results.json"
MEASURES = ("train_loss_dropout_on", "train_loss", "train_accuracy", "test_loss", "test_accuracy")


def versions() -> dict[str, str]:
    """What the numbers were made with."""
    packages = {name: version(name) for name in ("numpy", "scipy", "scikit-learn")}
    return {"tinygrad_dropout": td.__version__, "python": platform.python_version(), **packages}


def prepare_folder(folder: Path) -> None:
    """Make the folder, if it is not there, and check that files can be written to it.

    Raises:
        LabError: it cannot be made, or not be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise LabError(f"{folder}: the output folder cannot be written: {error.strerror}") from error


@contextmanager
def owned(folder: Path) -> Iterator[None]:
    """The folder is this command's alone until the context ends, however the process ends. (Not on Windows.)

    Raises:
        LabError: another command is writing to it.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LabError(f"{folder}: another command is writing to this folder; choose another") from None
        delete_abandoned(folder)
        yield
    finally:
        os.close(descriptor)


def write_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file so that, at any moment, either the old or the new one is there whole.

    Args:
        path: the file.
        write: is given the new file, open for writing.

    Raises:
        LabError: the file cannot be written, for instance because the disk is full; the old one is as it was.
    """
    try:
        write_safely(path, write)
    except OSError as error:
        raise LabError(
            f"{path} could not be written ({error.strerror}); what was written before is still there"
        ) from error


def write_results(folder: Path, results: dict[str, Any]) -> None:
    """Write results.json."""
    write_json(folder / FILE, results)


def write_json(path: Path, results: dict[str, Any]) -> None:
    """Write a file of figures.

    Raises:
        LabError: it cannot be written.
    """
    text = json.dumps(results, indent=1, allow_nan=False) + "\n"
    write_file(path, lambda file: file.write(text.encode()))


def read_results(folder: Path) -> dict[str, Any] | None:
    """What results.json holds; None where there is no such file.

    Raises:
        LabError: the file is not one that `write_results` wrote.
    """
    path = folder / FILE
    try:
        results = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise LabError(f"{path}: the file cannot be read, or is damaged: {error}; choose another folder") from error
    kinds = {"config": dict, "versions": dict, "pairs": list}
    if not isinstance(results, dict) or any(not isinstance(results.get(key), kind) for key, kind in kinds.items()):
        raise LabError(f"{path}: expected the results of a comparison, got another file; choose another folder")
    return results


def check_pairs(folder: Path, config: dict[str, Any], pairs: Any) -> None:
    """Raise a LabError unless every pair has its own seed and, in both arms, a finite record of each measured epoch.

    An earlier version measured after every epoch; what it finished can still be read.
    """
    try:
        seeds = [pair["seed"] for pair in pairs]
        records = [record for pair in pairs for arm in ("without", "with") for record in pair[arm]]
        whole = (
            len(set(seeds)) == len(seeds)
            and set(seeds) <= set(range(config["seeds"]))
            and (is_measured_now(config, pairs) or is_measured_after(range(1, config["epochs"] + 1), pairs))
            and all(math.isfinite(record[measure]) for record in records for measure in MEASURES)
        )
    except (KeyError, TypeError):
        whole = False
    if not whole:
        raise LabError(
            f"{folder / FILE}: the pairs in this file are damaged, or of another version; choose another folder"
        )


def check_measured_now(folder: Path, config: dict[str, Any], pairs: Any) -> None:
    """Raise a LabError if an earlier version measured these pairs after every epoch: new pairs would not match them."""
    if not is_measured_now(config, pairs):
        raise LabError(
            f"{folder} was begun by an earlier version, which measured after every epoch: choose another folder"
        )


def is_measured_now(config: dict[str, Any], pairs: Any) -> bool:
    """Whether all pairs were measured after the epochs that are measured now."""
    return is_measured_after(measured_epochs(config["epochs"]), pairs)


def is_measured_after(epochs: Sequence[int], pairs: Any) -> bool:
    """Whether both arms of all pairs have a record of each of these epochs, in their order, and no other."""
    arms = [pair[arm] for pair in pairs for arm in ("without", "with")]
    return all([record["epoch"] for record in arm] == list(epochs) for arm in arms)


def check_same(folder: Path, what: str, found: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Raise a LabError that names every option in which the folder differs from what is now asked for."""
    differing = [name for name in {**wanted, **found} if found.get(name) != wanted.get(name)]
    if differing:
        pairs = "; ".join(f"{name} {shown(found.get(name))}, not {shown(wanted.get(name))}" for name in differing)
        raise LabError(f"{folder} was made with other {what} ({pairs}): choose another folder")


def shown(value: object) -> str:
    """A value as a person would write it."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(map(str, value))
    return "unset" if value is None else str(value)
