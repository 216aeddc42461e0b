"""Read a CSV file with a header into numbers; one of its columns is the target."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tinygrad_dropout.lab.arrays import Numbers
from tinygrad_dropout.lab.datasets.own_table.columns import (
    Column,
    read_columns,
    to_ignore,
    with_numbers,
    wrong_value,
)
from tinygrad_dropout.lab.datasets.own_table.csv_file import advice_on_names, read_texts
from tinygrad_dropout.lab.datasets.own_table.groups import check_groups, numbered_groups
from tinygrad_dropout.lab.datasets.own_table.notes import about_names, description, listed, mentions
from tinygrad_dropout.lab.datasets.own_table.target import encode_classes, encode_numbers, is_numeric
from tinygrad_dropout.lab.datasets.own_table.text_columns import check_texts
from tinygrad_dropout.lab.datasets.split import Table
from tinygrad_dropout.lab.errors import LabError, OptionError
from tinygrad_dropout.lab.text import counted

if TYPE_CHECKING:
    import pandas as pd

TRAIN_SHARE = 0.7
MOSTLY = 0.5  # of the rows
MAX_NUMBERS = 2**28  # of the inputs of all rows: 2 GiB


def load_csv(
    path: Path,
    target: str,
    *,
    test: Path | None = None,
    group: str | None = None,
    ignore: Sequence[str] = (),
    missing: str | None = None,
    regression: bool | None = None,
) -> Table:
    """Read a table from a CSV file, separated by commas, semicolons, tabs or |.

    Numbers stay as they are, and texts become one-hot inputs; the split standardizes both.

    Args:
        path: the file; its first line names the columns.
        target: the column to predict: classes, as texts or whole numbers, or numbers.
        test: a second file with the same columns, whose rows are the test set.
        group: a column; rows with the same value in it all go to the training part or all to the test part.
        ignore: columns that are left out.
        missing: "drop" to leave out rows that lack a value, "mean" to fill in the mean of the training part; None if
            a missing value is an error.
        regression: whether the target holds numbers rather than classes; None to decide by its values (`is_numeric`).

    Raises:
        LabError: the table cannot be used; the message names the line, the column and what was expected.
    """
    whole = read_tables(path, test, target, group, ignore)
    needed = [target] if group is None else [target, group]
    table, found = without_missing(whole, needed, missing)
    left_out = len(whole) - len(table)
    rows = int((table.index.get_level_values(0) == path).sum())
    if not rows or (test is not None and rows == len(table)):
        raise LabError(f"{path if not rows else test}: expected rows without missing values, got none")
    group_column = None if group is None else found.pop(group)
    groups = None if group_column is None else numbered_groups(group_column)
    columns = {column.name: column for column in with_numbers(table, list(found.values()))}
    target_column = columns.pop(target)
    numeric = is_numeric(target_column) if regression is None else regression
    encoded = encode_numbers(table, target_column) if numeric else encode_classes(table, target_column, rows)
    x = encode_inputs(table, list(columns.values()))
    if group_column is not None and groups is not None:
        check_groups(table, group_column, groups, None if numeric else target_column, rows)
    notes = [
        description(
            list(columns.values()),
            x.shape[1],
            target_column,
            encoded,
            rows,
            len(table) - rows,
            guessed=regression is None,
        ),
        *([f"{counted(left_out, 'row')} left out because a value is missing"] if left_out else []),
        *about_names(whole),
        *mentions(columns.values(), target_column, group_column, rows),
    ]
    classes = encoded.classes or 1
    return Table(
        x[:rows],
        encoded.values[:rows],
        encoded.classes,
        rows if test is not None else max(classes, min(int(TRAIN_SHARE * rows), rows - classes)),
        x_test=None if test is None else x[rows:],
        y_test=None if test is None else encoded.values[rows:],
        groups=None if test is not None else groups,
        notes=tuple(notes),
    )


def read_tables(path: Path, test: Path | None, target: str, group: str | None, ignore: Sequence[str]) -> pd.DataFrame:
    """Read the texts of the file, followed by those of the test file, without the ignored columns.

    The index holds the file and the line of every row.
    """
    import pandas as pd

    if test == path:
        raise OptionError("test_csv", f"expected a file other than the one to learn from, got {path}")
    tables = {file: read_texts(file) for file in (path, test) if file is not None}
    check_column(path, "target", target, list(tables[path]))
    if group is not None:
        check_column(path, "group", group, list(tables[path]))
    if target == group:
        raise OptionError("group", f"expected a column other than the target, got {group!r}")
    for name in ignore:
        check_column(path, "ignore", name, list(dict.fromkeys(name for table in tables.values() for name in table)))
        if name in (target, group):
            raise OptionError("ignore", f"expected columns other than the target and the group, got {name!r}")
    tables = {file: table.drop(columns=list(ignore), errors="ignore") for file, table in tables.items()}
    names = list(tables[path])
    if not set(names) - {target, group}:
        others = "" if group is None else f" and {group!r}"
        raise LabError(f"{path}: expected a column other than {target!r}{others} to predict it from")
    if test is not None:
        tables[test] = same_columns(test, tables[test], path, names)
    return pd.concat(tables)


def check_column(path: Path, option: str, name: str, names: list[str]) -> None:
    """Raise an OptionError unless the table has the column; the message suggests a similar name."""
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
        lacks, advice = (test, "") if differing in names else (path, f"; {to_ignore(differing)} leaves it out")
        raise OptionError(
            "test_csv", f"expected the same columns in {path} and {test}, but {lacks} has no {differing!r}{advice}"
        )
    return table[names]


def without_missing(
    table: pd.DataFrame, needed: list[str], missing: str | None
) -> tuple[pd.DataFrame, dict[str, Column]]:
    """The table without the rows that cannot be used, and its columns as texts.

    With "mean", missing inputs stay, to be filled in later, but rows without a target or a group are left out.
    """
    columns = {column.name: column for column in read_columns(table)}
    for column in columns.values():
        if not column.texts:
            raise LabError(
                f"{table.index[0][0]}: expected values in column {column.name!r}, got none; leave it out with "
                f"{to_ignore(column.name)}"
            )
    lacking = {name: column.places < 0 for name, column in columns.items()}
    rows = np.any(list(lacking.values()), axis=0)
    if missing is None and rows.any():
        row = int(np.flatnonzero(rows)[0])
        name = next(name for name, of_column in lacking.items() if of_column[row])
        given = repr(text) if (text := table.iloc[row][name]) else "nothing"
        emptiest = max(columns.values(), key=lambda column: np.count_nonzero(column.places < 0)).name
        empty = np.mean(lacking[emptiest]) > MOSTLY
        raise wrong_value(
            table, row, name, "a value",
            f"{given} ({np.count_nonzero(rows):,} of {len(rows):,} rows lack one: --missing drop leaves them out, "
            f"--missing mean fills in the mean of the training rows"
            f"{f', {to_ignore(emptiest)} leaves out a column that is mostly empty' if empty else ''})",
        )  # fmt: skip
    if missing == "mean":
        rows = np.any([lacking[name] for name in needed], axis=0)
    if rows.any():
        table = table[~rows]
        columns = {column.name: column for column in read_columns(table)}
    return table, columns


def encode_inputs(table: pd.DataFrame, columns: list[Column]) -> Numbers:
    """Encode a numeric column as one input, a text column as one-hot inputs; NaN where a value is missing."""
    for column in columns:
        if column.numbers is None:
            check_texts(table, column)
    widths = [inputs_of(column) for column in columns]
    if sum(widths) * len(table) > MAX_NUMBERS:
        widest = columns[int(np.argmax(widths))].name
        raise LabError(
            f"{table.index[0][0]}: expected at most {MAX_NUMBERS:,} numbers in the table of inputs, got "
            f"{len(table):,} rows of {sum(widths):,}; {max(widths):,} of these come from column {widest!r} "
            f"({to_ignore(widest)} leaves it out)"
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
