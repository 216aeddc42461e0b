"""A person's own table: a CSV file with a header, one column of which is to be predicted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tinygrad_dropout.lab.datasets.columns import (
    FEWEST_TOO_MANY,
    Column,
    check_no_stray_numbers,
    check_texts,
    counted,
    listed,
    mentions,
    read_columns,
    with_numbers,
    wrong_value,
)
from tinygrad_dropout.lab.datasets.csv_file import advice_on_names, read_texts
from tinygrad_dropout.lab.datasets.split import Labels, Numbers, Table
from tinygrad_dropout.lab.errors import LabError, OptionError

if TYPE_CHECKING:
    import pandas as pd

TRAIN_SHARE = 0.7
MOST_NUMBERS = 2**28  # of the inputs of all rows: 2 GiB
LARGEST_CLASS = 2**53  # up to which a float64 holds every whole number


@dataclass(frozen=True)
class Target:
    """What is to be predicted: classes, as labels from 0, or numbers."""

    values: Labels | Numbers
    classes: int | None


def load_csv(
    path: Path,
    target: str,
    *,
    test: Path | None = None,
    group: str | None = None,
    missing: str | None = None,
    regression: bool | None = None,
) -> Table:
    """The table in a CSV file (or with ; or | or tabs in place of commas).

    Numbers stay as they are, texts become one-hot; the split standardises both.

    Args:
        path: the file; its first line names the columns.
        target: the column to predict: classes, as texts or whole numbers, or numbers.
        test: a second file with the same columns, whose rows are the test set.
        group: a column; rows with the same value in it all go to the training part or all to the test part.
        missing: "drop" to leave out rows that lack a value, "mean" to fill in the mean of the training part; None if
            a missing value is an error.
        regression: whether the target is numbers rather than classes; None to decide by the values, see `is_numeric`.

    Raises:
        LabError: the line and the column of what is wrong, and what was expected.
    """
    import pandas as pd

    tables = {path: read_texts(path)}
    for option, name in (("target", target), ("group", group)):
        if name is not None:
            check_column(path, option, name, list(tables[path]))
    if test == path:
        raise OptionError("test_csv", f"expected another file than the one to learn from, got {path}")
    if test is not None:
        tables[test] = same_columns(test, read_texts(test), path, list(tables[path]))
    if target == group:
        raise OptionError("group", f"expected another column than the target, got {group!r}")
    if len(tables[path].columns) == 2 and group is not None:
        raise LabError(f"{path}: expected another column besides {target!r} and {group!r}, to predict it from")
    whole = pd.concat(tables)
    table, found = without_missing(whole, [target] if group is None else [target, group], missing)
    left_out = len(whole) - len(table)
    sides = None if group is None else found.pop(group)
    columns = {column.name: column for column in with_numbers(table, list(found.values()))}
    aim = columns.pop(target)
    training = table.index.get_level_values(0) == path
    rows = int(training.sum())
    if not rows or (test is not None and rows == len(table)):
        raise LabError(f"{path if not rows else test}: expected rows without missing values, got none")
    for column in columns.values():
        if not column.texts:
            raise LabError(f"{path}: expected values in column {column.name!r}, got none; take the column out")
    numeric = is_numeric(aim) if regression is None else regression
    goal = encode_numbers(table, aim) if numeric else encode_classes(table, aim, rows)
    x = encode_inputs(table, list(columns.values()))
    classes = 1 if goal.classes is None else goal.classes
    told = [
        description(columns.values(), x.shape[1], aim, goal, rows, len(table) - rows),
        *([f"left out because a value is missing: {counted(left_out, 'row')}"] if left_out else []),
        *mentions(columns.values()),
    ]
    groups = None if sides is None else check_groups(table, sides, rows)
    return Table(
        x[:rows],
        goal.values[:rows],
        goal.classes,
        rows if test is not None else max(classes, min(int(TRAIN_SHARE * rows), rows - classes)),
        x_test=None if test is None else x[rows:],
        y_test=None if test is None else goal.values[rows:],
        groups=groups if test is None else None,
        told=tuple(told),
    )


def check_column(path: Path, option: str, name: str, names: list[str]) -> None:
    """Raise an OptionError unless the table has the column, with the name that may have been meant."""
    if name in names:
        return
    lowered = {other.lower(): other for other in names}
    near = get_close_matches(name.lower(), lowered, n=1)
    raise OptionError(
        option,
        f"expected one of the columns of {path} ({listed(names)}), got {name!r}"
        + (f"; did you mean {lowered[near[0]]!r}?" if near else advice_on_names(names)),
    )


def same_columns(test: Path, table: pd.DataFrame, path: Path, names: list[str]) -> pd.DataFrame:
    """The table of the test file, with its columns in the order of the training file's."""
    if set(table) != set(names):
        differing = sorted(set(table) ^ set(names))[0]
        lacks = test if differing in names else path
        raise OptionError(
            "test_csv", f"expected the columns of {path} in {test}, got {differing!r}, which {lacks} lacks"
        )
    return table[names]


def without_missing(
    table: pd.DataFrame, needed: list[str], missing: str | None
) -> tuple[pd.DataFrame, dict[str, Column]]:
    """The table without the rows that cannot be used, and its columns as texts.

    A missing input can be filled in; a row without the target, or without a group, is left out even then.
    """
    columns = {column.name: column for column in read_columns(table)}
    lacking = {name: column.places < 0 for name, column in columns.items()}
    rows = np.any(list(lacking.values()), axis=0)
    if missing is None and rows.any():
        row = int(np.flatnonzero(rows)[0])
        name = next(name for name, of_column in lacking.items() if of_column[row])
        given = table.iloc[row][name] or "none"
        raise wrong_value(
            table, row, name, "a value",
            f"{given} ({np.count_nonzero(rows):,} of {len(rows):,} rows lack one: --missing drop leaves them out, "
            f"--missing mean fills in the mean of the training rows)",
        )  # fmt: skip
    if missing == "mean":
        rows = np.any([lacking[name] for name in needed], axis=0)
    if rows.any():
        table = table[~rows]
        columns = {column.name: column for column in read_columns(table)}
    return table, columns


def is_numeric(target: Column) -> bool:
    """Whether a target is clearly numeric: fractions, or many whole numbers that do not count from 0 or 1."""
    if target.numbers is None:
        return False
    values = np.unique(target.numbers)
    counts = values[0] in (0, 1) and values[-1] - values[0] == len(values) - 1
    return not (values == np.floor(values)).all() or (len(values) > FEWEST_TOO_MANY and not counts)


def encode_numbers(table: pd.DataFrame, target: Column) -> Target:
    """The numbers to predict."""
    if target.numbers is None:
        raise wrong_value(table, 0, target.name, "a number (for --regression)", repr(target.texts[target.places[0]]))
    if len(np.unique(target.numbers)) < 2:
        raise LabError(f"{table.index[0][0]}: expected different numbers in column {target.name!r}, got only one")
    return Target(target.values, None)


def encode_classes(table: pd.DataFrame, target: Column, training_rows: int) -> Target:
    """The classes as labels from 0, in the order of the numbers or of the alphabet."""
    path = table.index[0][0]
    if target.numbers is None:
        if len(target.texts) > FEWEST_TOO_MANY:
            check_no_stray_numbers(table, target)
        present, labels = np.array(target.texts), target.places
    else:
        wrong = target.rows_with((target.numbers != np.floor(target.numbers)) | (abs(target.numbers) > LARGEST_CLASS))
        if wrong.size:
            row, expected = int(wrong[0]), "a class (a text or a whole number up to 2^53; or leave out --no-regression)"
            raise wrong_value(table, row, target.name, expected, target.texts[target.places[row]])
        present, labels = np.unique(target.values, return_inverse=True)
    counts = np.bincount(labels[:training_rows], minlength=len(present))
    own_test = training_rows < len(table)
    if len(present) < 2:
        only = target.texts[target.places[0]]
        raise LabError(f"{path}: expected at least two classes in column {target.name!r}, got only {only!r}")
    if counts.min() < (1 if own_test else 2):
        row = int(np.flatnonzero(labels == counts.argmin())[0])
        expected = f"a class that a row of {path} has too" if own_test else "a class that another row has too"
        raise wrong_value(table, row, target.name, expected, repr(target.texts[target.places[row]]))
    return Target(labels.astype(np.int64), len(present))


def encode_inputs(table: pd.DataFrame, columns: list[Column]) -> Numbers:
    """One input for a column of numbers; a zero or one for each text of the others. NaN where the value is missing."""
    for column in columns:
        if column.numbers is None:
            check_texts(table, column)
    widths = [inputs_of(column) for column in columns]
    if sum(widths) * len(table) > MOST_NUMBERS:
        widest = columns[int(np.argmax(widths))]
        raise LabError(
            f"{table.index[0][0]}: expected at most {MOST_NUMBERS:,} inputs in all rows together, got {sum(widths):,} "
            f"in each of {len(table):,}; column {widest.name!r} alone has {max(widths):,}"
        )
    x = np.zeros((len(table), sum(widths)))
    for column, end in zip(columns, np.cumsum(widths), strict=True):
        if column.numbers is not None:
            x[:, end - 1] = column.values
        else:
            start = end - len(column.texts)
            present = column.places >= 0
            x[np.flatnonzero(present), start + column.places[present]] = 1
            x[~present, start:end] = np.nan
    return x


def inputs_of(column: Column) -> int:
    """How many inputs a column becomes."""
    return 1 if column.numbers is not None else len(column.texts)


def check_groups(table: pd.DataFrame, group: Column, training_rows: int) -> Labels:
    """The group of every training row, as numbers from 0."""
    own, others = set(group.places[:training_rows]), group.places[training_rows:]
    shared = [row for row, place in enumerate(others, start=training_rows) if place in own]
    if shared:
        text = group.texts[group.places[shared[0]]]
        raise wrong_value(table, shared[0], group.name, f"a group that {table.index[0][0]} does not have", repr(text))
    if len(own) < 2:
        raise LabError(f"{table.index[0][0]}: expected at least two groups in column {group.name!r}, got {len(own)}")
    return group.places[:training_rows]


def description(columns: Iterable[Column], inputs: int, target: Column, found: Target, rows: int, others: int) -> str:
    """`7 numeric columns, 1 text column as 3 inputs; 3 classes; 1,599 rows`."""
    texts = sum(column.numbers is None for column in columns)
    numbers = len(list(columns)) - texts
    parts = []
    if numbers:
        parts.append(counted(numbers, "numeric column"))
    if texts:
        parts.append(f"{counted(texts, 'text column')} as {counted(inputs - numbers, 'input')}")
    if found.classes is not None:
        many = target.numbers is not None and found.classes > FEWEST_TOO_MANY
        aim = f"{found.classes:,} classes{' (for numbers: --regression)' if many else ''}"
    else:
        low, high = found.values.min(), found.values.max()
        whole = (found.values == np.floor(found.values)).all()
        aim = f"numbers from {low:g} to {high:g} (regression{'; for classes: --no-regression' if whole else ''})"
    return f"{', '.join(parts)}; {aim}; {counted(rows, 'row')}{f' and {others:,} for the test' if others else ''}"
