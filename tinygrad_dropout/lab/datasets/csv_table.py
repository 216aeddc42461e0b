"""A person's own table: a CSV file with a header, one column of which is to be predicted."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import numpy as np

from tinygrad_dropout.lab.datasets.split import Labels, Numbers, Table
from tinygrad_dropout.lab.errors import LabError, OptionError

TRAIN_SHARE = 0.7
LARGEST = 1e30  # whose square a float64 can hold, and which a float32 can
FEWEST_TOO_MANY = 20  # different texts in a column, from where on "most rows have a text of their own" is a mistake


def load_csv(path: Path, target: str) -> Table:
    """The table in a CSV file (or with ; or tabs in place of commas): numbers as they are, texts one-hot, standardised.

    Args:
        path: the file; its first line names the columns.
        target: the column of the classes, texts or whole numbers.

    Raises:
        LabError: the row and the column of what is wrong, and what was expected.
    """
    names, rows = read_rows(path)
    if target not in names:
        raise OptionError("target", f"expected one of the columns of {path} ({', '.join(names)}), got {target!r}")
    if len(names) == 1:
        raise LabError(f"{path}: expected another column besides {target!r}, to predict it from")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    for name, values in columns.items():
        check_nothing_missing(path, name, values)
    y, classes = encode_classes(path, target, columns.pop(target))
    x = np.concatenate([encode_feature(path, name, values) for name, values in columns.items()], axis=1)
    train_size = max(classes, min(int(TRAIN_SHARE * len(y)), len(y) - classes))
    return Table(x, y, classes, train_size)


def read_rows(path: Path) -> tuple[list[str], list[list[str]]]:
    """The names of the columns, and the rows, each with one text (spaces around it removed) for every column."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        header = text.split("\n", 1)[0]
        separator = max(",;\t", key=header.count)
        lines = [
            [value.strip() for value in line] for line in csv.reader(StringIO(text, newline=""), delimiter=separator)
        ]
    except OSError as error:
        raise LabError(f"{path}: the file cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise LabError(f"{path}: the file cannot be read as CSV: {error}") from error
    lines = [line for line in lines if line and line != [""]]
    if len(lines) < 2:
        raise LabError(f"{path}: expected a line of column names and rows under it, got {len(lines)} lines")
    names, rows = lines[0], lines[1:]
    repeated = [name for name in names if names.count(name) > 1]
    if repeated:
        raise LabError(f"{path}: expected every column to have its own name, got {repeated[0]!r} more than once")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            raise LabError(
                f"{path}: expected {len(names)} columns, as in the header, got {len(row)} in row {number} below it"
            )
    return names, rows


def check_nothing_missing(path: Path, name: str, values: tuple[str, ...]) -> None:
    """Raise a LabError for the first value of a column that is empty or NaN."""
    for row, value in enumerate(values, start=1):
        if value == "" or value.lower() == "nan":
            raise wrong_value(path, row, name, "a value", value or "none")


def encode_classes(path: Path, target: str, values: tuple[str, ...]) -> tuple[Labels, int]:
    """The classes as labels from 0, in the order of the numbers or of the alphabet, and how many there are."""
    numbers = [as_number(value) for value in values]
    if all(number is not None for number in numbers):
        for row, number in enumerate(numbers, start=1):
            if number is None or not number.is_integer():
                raise wrong_value(path, row, target, "a class (a text or a whole number)", values[row - 1])
        present, labels, counts = np.unique(np.array(numbers, float), return_inverse=True, return_counts=True)
    else:
        present, labels, counts = np.unique(np.array(values), return_inverse=True, return_counts=True)
    if len(present) < 2:
        raise LabError(f"{path}: expected at least two classes in column {target!r}, got only {values[0]!r}")
    if counts.min() < 2:
        row = int(np.flatnonzero(labels == counts.argmin())[0])
        raise wrong_value(path, row + 1, target, "a class that another row has too", repr(values[row]))
    return labels.astype(np.int64), len(present)


def encode_feature(path: Path, name: str, values: tuple[str, ...]) -> Numbers:
    """One column if all its values are numbers; else a column of zeros and ones for each of its texts."""
    numbers = [as_number(value) for value in values]
    missing = [row for row, number in enumerate(numbers) if number is None]
    if not missing:
        for row, number in enumerate(numbers, start=1):
            if number is None or not abs(number) <= LARGEST:  # also NaN
                raise wrong_value(path, row, name, "a finite number, none beyond 1e30", values[row - 1])
        return np.array(numbers, np.float64)[:, None]
    if len(missing) < len(values) / 2:
        raise wrong_value(path, missing[0] + 1, name, "a number (as in most rows)", repr(values[missing[0]]))
    texts, places = np.unique(np.array(values), return_inverse=True)
    if len(texts) > max(FEWEST_TOO_MANY, len(values) / 2):
        raise LabError(
            f"{path}: expected column {name!r} to hold numbers, or texts that recur, got {len(texts)} different texts "
            f"in {len(values)} rows; take the column out if it only names the rows"
        )
    return np.eye(len(texts))[places]


def as_number(value: str) -> float | None:
    """The number that a text stands for; None where it stands for none."""
    try:
        return float(value)
    except ValueError:
        return None


def wrong_value(path: Path, row: int, column: str, expected: str, given: str) -> LabError:
    """The error that names the row and the column of a value that will not do."""
    return LabError(f"{path}: expected {expected} in row {row} below the header, column {column!r}, got {given}")
