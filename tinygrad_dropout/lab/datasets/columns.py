"""The columns of a table: which hold numbers and which texts, where a value is missing, and what deserves a mention."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.lab.datasets.number_texts import is_number, looks_like_a_number, readings, share_a_unit
from tinygrad_dropout.lab.datasets.split import Numbers
from tinygrad_dropout.lab.errors import LabError

if TYPE_CHECKING:
    import pandas as pd

LARGEST = 1e30  # whose square a float64 can hold, and which a float32 can
FEWEST_TOO_MANY = 20  # different texts in a column, from where on "most rows have a text of their own" is a mistake
MOST_TEXTS = 1_000  # different ones in a column
NAMES_SHOWN = 12  # in a sentence
MISSING = frozenset(
    {
        "",
        "nan",
        "+nan",
        "-nan",
        "na",
        "n/a",
        "#n/a",
        "#na",
        "<na>",
        "null",
        "#null!",
        "#div/0!",
        "#value!",
        "#ref!",
        "?",
    }
)
MISSING_NUMBER = MISSING | {
    "-",
    "--",
    "---",
    "–",
    "—",
    ".",
    "..",
    "*",
    "none",
    "nil",
    "missing",
    "unknown",
    "n.a.",
    "n/d",
}


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        name: the column's.
        texts: its different texts, in the order of the alphabet, without those that say that a value is missing.
        places: for every row, the place of its text among them; -1 where the value is missing.
        readings: the numbers that the texts can stand for, by the decimal mark; none where one is no number.
        numbers: what the texts stand for, where all are numbers; else None.
        mark: the decimal mark of the numbers.
    """

    name: str
    texts: list[str]
    places: npt.NDArray[np.int64]
    readings: dict[str, Numbers]
    numbers: Numbers | None = None
    mark: str = "."

    @property
    def values(self) -> Numbers:
        """The number in every row, NaN where it is missing."""
        assert self.numbers is not None
        return np.append(self.numbers, np.nan)[self.places]

    def rows_with(self, chosen: Iterable[bool]) -> npt.NDArray[np.int64]:
        """The rows, from 0, whose text is among the chosen: a truth value for every text."""
        return np.flatnonzero(np.append(np.fromiter(chosen, bool, len(self.texts)), False)[self.places])


def wrong_value(table: pd.DataFrame, row: int, column: str, expected: str, given: str) -> LabError:
    """The error that names the line and the column of a value that will not do."""
    path, line = table.index[row]
    return LabError(f"{path}: expected {expected} in line {line}, column {column!r}, got {given}")


def with_numbers(table: pd.DataFrame, columns: list[Column]) -> list[Column]:
    """The columns, with numbers where all their texts are numbers.

    Where all numbers of a column could have a comma or a point as their decimal mark ("5,100"), the table's other
    columns decide.

    Raises:
        LabError: a column holds numbers that cannot be read for sure, or are too large.
    """
    marks = {mark for column in columns if len(column.readings) == 1 for mark in column.readings}
    settled = marks.pop() if len(marks) == 1 else None
    return [settled_column(table, column, settled) for column in columns]


def read_columns(table: pd.DataFrame) -> list[Column]:
    """The columns of a table of texts, as texts."""
    return [found_texts(name, values.to_numpy()) for name, values in table.items()]


def found_texts(name: str, values: Any) -> Column:
    """A column's texts; which of them say that a value is missing depends on whether the others are numbers."""
    import pandas as pd

    codes, uniques = pd.factorize(values)
    texts = sorted(text for text in uniques if text.lower() not in MISSING_NUMBER)
    found = readings(texts)
    if not found:
        texts = sorted(text for text in uniques if text.lower() not in MISSING)
    place = {text: number for number, text in enumerate(texts)}
    return Column(name, texts, np.array([place.get(text, -1) for text in uniques], np.int64)[codes], found)


def settled_column(table: pd.DataFrame, column: Column, settled: str | None) -> Column:
    """The column with its numbers, if its texts are numbers; `settled` is the decimal mark of other columns."""
    found = column.readings
    if not found:
        return column
    mark = next(iter(found))
    if len(found) > 1 and not np.array_equal(found["."], found[","]):
        ambiguous = [of_point != of_comma for of_point, of_comma in zip(found["."], found[","], strict=True)]
        if settled is None and any("," in text for text in column.texts):
            row = int(column.rows_with(ambiguous)[0])
            text = column.texts[column.places[row]]
            raise wrong_value(
                table, row, column.name, "a number that can be read in one way only, without marks between thousands",
                f"{text!r}, which could be {found['.'][column.places[row]]:g} or {found[','][column.places[row]]:g}",
            )  # fmt: skip
        mark = settled or "."
    numbers = found[mark]
    beyond = column.rows_with(~(np.abs(numbers) <= LARGEST))
    if beyond.size:
        row = int(beyond[0])
        raise wrong_value(
            table, row, column.name, "a finite number, none beyond 1e30", column.texts[column.places[row]]
        )
    return replace(column, numbers=numbers, mark=mark)


def check_no_stray_numbers(table: pd.DataFrame, column: Column) -> None:
    """Raise a LabError if a column of texts has numbers, in so many rows or texts that texts cannot be meant."""
    numeric = np.array([is_number(text) for text in column.texts], bool)
    if not numeric.any():
        return
    if numeric.all():
        raise wrong_value(
            table, int(column.rows_with(numeric)[0]), column.name,
            "numbers that are all written in the same way, with one decimal mark and one sign or none",
            " and ".join(repr(text) for text in differing_pair(column.texts)),
        )  # fmt: skip
    others = column.rows_with(~numeric)
    present = np.count_nonzero(column.places >= 0)
    if len(others) < present / 2 or np.count_nonzero(numeric) > len(column.texts) / 2:
        row = int(others[0])
        raise wrong_value(
            table, row, column.name, "a number (as in most rows)", f"{column.texts[column.places[row]]!r}"
        )


def differing_pair(texts: list[str]) -> tuple[str, str]:
    """The first text, and the first that is not written as that is."""
    return texts[0], next(text for text in texts if not readings([texts[0], text]) or text is texts[-1])


def check_texts(table: pd.DataFrame, column: Column) -> None:
    """Raise a LabError if a column of texts has numbers, or so many texts that they can only name the rows."""
    check_no_stray_numbers(table, column)
    alike = all(map(looks_like_a_number, column.texts))
    if share_a_unit(column.texts) or (alike and len(column.texts) > FEWEST_TOO_MANY):
        raise wrong_value(
            table, int(column.rows_with([True, *[False] * (len(column.texts) - 1)])[0]), column.name,
            "plain numbers, without a unit (of a date: year, month or weekday, each in a column)",
            f"{column.texts[0]!r}",
        )  # fmt: skip
    if len(column.texts) > min(MOST_TEXTS, max(FEWEST_TOO_MANY, len(column.places) / 2)):
        raise LabError(
            f"{table.index[0][0]}: expected column {column.name!r} to hold numbers, or texts that recur, got "
            f"{len(column.texts):,} different texts in {len(column.places):,} rows; take the column out if it only "
            f"names the rows"
        )


def mentions(columns: Iterable[Column]) -> list[str]:
    """What a person should know about how columns were read, each sentence with the columns that it is about."""
    about: dict[str, list[str]] = {}
    for column in columns:
        for sentence in mentions_of(column):
            about.setdefault(sentence, []).append(column.name)
    return [
        f"{'column' if len(names) == 1 else 'columns'} {listed([repr(name) for name in names])}: {said}"
        for said, names in about.items()
    ]


def listed(names: list[str]) -> str:
    """`a, b and 3 more`."""
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + more


def mentions_of(column: Column) -> list[str]:
    """What a person should know about how one column was read."""
    if column.numbers is None:
        lowered: dict[str, list[str]] = {}
        for text in column.texts:
            lowered.setdefault(text.casefold(), []).append(text)
        found = [f"{' and '.join(map(repr, same))} are different texts" for same in lowered.values() if len(same) > 1]
        if column.texts and all(map(looks_like_a_number, column.texts)):
            found.append(f"{column.texts[0]!r} and the like are read as texts")
    else:
        found = []
        padded = next((text for text in column.texts if text[:1] == "0" and text[1:].isdigit()), None)
        if padded is not None:
            found.append(f"{padded!r} is read as the number {int(padded)}; if these are codes, take the column out")
        numbers = column.values
        counts = len(numbers) > FEWEST_TOO_MANY and bool((np.abs(np.diff(numbers)) == 1).all())
        if counts and len(np.unique(numbers)) == len(numbers):
            found.append("it only counts the rows; take it out")
        if column.mark == ",":
            found.append("the decimal mark is a comma")
    lacking = int(np.count_nonzero(column.places < 0))
    if lacking:
        found.append(f"the mean of the training rows stands in for {counted(lacking, 'missing value')}")
    return found


def counted(number: int, thing: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
