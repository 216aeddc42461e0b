"""The columns of a table: which hold numbers, which hold texts, and where values are missing."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.lab.arrays import Numbers
from tinygrad_dropout.lab.datasets.own_table.missing import is_missing
from tinygrad_dropout.lab.datasets.own_table.number_texts import readings
from tinygrad_dropout.lab.errors import LabError

if TYPE_CHECKING:
    import pandas as pd

LARGEST_WHOLE = 2**53  # a float64 holds every whole number up to here
LARGEST = 1e30  # a float64 can hold its square, and a float32 the number itself


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        name: the name of the column.
        texts: its distinct texts in alphabetical order, without those that stand for a missing value.
        places: for every row, the index of its text in `texts`; -1 if the value is missing. Shape (rows,).
        readings: by decimal mark, the numbers that `texts` can stand for, each of shape (texts,); empty if a text is
            not a number.
        numbers: the number that each text stands for, shape (texts,); None if they are texts.
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

    @property
    def texts_by_row(self) -> list[str]:
        """The distinct texts in the order in which they first occur."""
        places, first_rows = np.unique(self.places, return_index=True)
        return [self.texts[place] for place in places[np.argsort(first_rows)] if place >= 0]

    def rows_with(self, chosen: Iterable[bool]) -> npt.NDArray[np.int64]:
        """The rows, from 0, whose text is chosen; `chosen` has a truth value for every text."""
        return np.flatnonzero(np.append(np.fromiter(chosen, bool, len(self.texts)), False)[self.places])

    def first_row(self, chosen: Iterable[bool]) -> int:
        """The first row, from 0, whose text is chosen."""
        return int(self.rows_with(chosen)[0])


def wrong_value(table: pd.DataFrame, row: int, column: str, expected: str, given: str) -> LabError:
    """An error that names the line and the column of a value that cannot be used."""
    path, line = table.index[row]
    return LabError(f"{path}: expected {expected} in line {line}, column {column!r}, got {given}")


def to_ignore(name: str) -> str:
    """The option, quoted for the shell, that leaves a column out."""
    quoted = '"{}"'.format(name.replace('"', '""')) if set(name) & set(',"') else name
    return f"--ignore {shlex.quote(quoted)}"


def read_columns(table: pd.DataFrame) -> list[Column]:
    """The columns of a table of texts, as texts."""
    return [as_texts(name, values.to_numpy()) for name, values in table.items()]


def as_texts(name: str, values: Any) -> Column:
    """A column of texts. Which of them stand for a missing value depends on whether the others are numbers."""
    import pandas as pd

    codes, uniques = pd.factorize(values)
    texts = sorted(text for text in uniques if not is_missing(text, among_numbers=True))
    found = readings(texts)
    if not found:
        texts = sorted(text for text in uniques if not is_missing(text, among_numbers=False))
    place = {text: number for number, text in enumerate(texts)}
    return Column(name, texts, np.array([place.get(text, -1) for text in uniques], np.int64)[codes], found)


def with_numbers(table: pd.DataFrame, columns: list[Column]) -> list[Column]:
    """The columns; those whose texts are all numbers become numeric.

    If the decimal mark of a column could be a comma or a point ("5,100"), the other columns decide.

    Raises:
        LabError: a column holds numbers that are ambiguous or too large.
    """
    marks = {mark for column in columns if len(column.readings) == 1 for mark in column.readings}
    mark_elsewhere = marks.pop() if len(marks) == 1 else None
    return [as_numbers(table, column, mark_elsewhere) for column in columns]


def as_numbers(table: pd.DataFrame, column: Column, mark_elsewhere: str | None) -> Column:
    """The column with its numbers, if its texts are numbers; `mark_elsewhere` is the decimal mark of other columns."""
    found = column.readings
    if not found:
        return column
    mark = next(iter(found))
    if len(found) > 1 and not np.array_equal(found["."], found[","]):
        if mark_elsewhere is None and any("," in text for text in column.texts):
            row = column.first_row(found["."] != found[","])
            place = column.places[row]
            raise wrong_value(
                table, row, column.name, "a number that can be read in only one way, without thousands separators",
                f"{column.texts[place]!r}, which could be {found['.'][place]:g} or {found[','][place]:g}",
            )  # fmt: skip
        mark = mark_elsewhere or "."
    numbers = found[mark]
    beyond = ~(np.abs(numbers) <= LARGEST)
    if beyond.any():
        row = column.first_row(beyond)
        expected = "a finite number from -1e30 to 1e30"
        raise wrong_value(table, row, column.name, expected, column.texts[column.places[row]])
    return replace(column, numbers=numbers, mark=mark)
