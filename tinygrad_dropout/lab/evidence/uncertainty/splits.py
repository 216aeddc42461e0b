"""Given splits: for each, the numbers of the test rows. All other rows are the training rows."""

from __future__ import annotations

from pathlib import Path
from textwrap import shorten

import numpy as np

from tinygrad_dropout.lab.arrays import Labels
from tinygrad_dropout.lab.datasets.split import Split, Table, standardized
from tinygrad_dropout.lab.errors import LabError

MIN_TRAINING_ROWS = 10  # two of them are for validation


def read_splits(path: Path, rows: int) -> list[Labels]:
    """Read the test rows of each split.

    Args:
        path: a text file with a line for each split, its numbers separated by commas or spaces; or a folder with a file
            for each, `index_test_0.txt` and so on, as published by Hernández-Lobato & Adams and by Gal & Ghahramani.
            Rows are counted from 0, without the heading.
        rows: the number of rows of the table.

    Returns:
        For each split an array of row numbers.

    Raises:
        LabError: a file cannot be read, or a split repeats a row, names one that the table lacks, or has too many.
    """
    try:
        if path.is_dir():
            texts: dict[str, str] = {}
            while (file := path / f"index_test_{len(texts)}.txt").exists():
                texts[str(file)] = file.read_text("utf-8")
            if not texts:
                raise LabError(f"{path}: expected index_test_0.txt and so on in this folder of splits, got none")
        else:
            lines = enumerate(path.read_text("utf-8").splitlines(), 1)
            texts = {f"{path}, line {number}": line for number, line in lines if line.strip()}
            if not texts:
                raise LabError(f"{path}: expected a line of row numbers for each split, got an empty file")
    except OSError as error:
        raise LabError(f"{path}: the splits cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise LabError(f"{path}: expected row numbers as text, got a file that is not text") from None
    return [rows_in(place, text, rows) for place, text in texts.items()]


def rows_in(place: str, text: str, rows: int) -> Labels:
    """Read the row numbers in a text; some published files write them as decimals, such as 1.2e+01."""
    words = text.replace(",", " ").split()
    try:
        numbers = np.array([float(word) for word in words])
    except ValueError:
        got = shorten(text, 40, placeholder="...")
        raise LabError(f"{place}: expected row numbers separated by commas or spaces, got {got!r}") from None
    for number in numbers:
        if not (0 <= number < rows and number == int(number)):
            raise LabError(f"{place}: expected whole row numbers from 0 to {rows - 1:,}, got {number:g}")
    test = numbers.astype(np.int64)
    if len(np.unique(test)) < len(test):
        raise LabError(f"{place}: expected each row once, got {len(test):,} numbers of {len(np.unique(test)):,} rows")
    if not 1 <= len(test) <= rows - MIN_TRAINING_ROWS:
        most = rows - MIN_TRAINING_ROWS
        raise LabError(f"{place}: expected from 1 to {most:,} test rows of the table's {rows:,}, got {len(test):,}")
    return test


def given_split(table: Table, test: Labels) -> Split:
    """Split the table into these test rows and the others, and standardize both by the others."""
    train = np.setdiff1d(np.arange(len(table.y)), test)
    x_train, x_test = standardized(table.x[train], table.x[test])
    return Split(x_train, table.y[train], x_test, table.y[test])
