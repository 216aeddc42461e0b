"""Checks that texts are categories, and not mistyped numbers, measurements, dates or names of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tinygrad_dropout.lab.datasets.own_table.columns import Column, to_ignore, wrong_value
from tinygrad_dropout.lab.datasets.own_table.number_texts import (
    are_measurements,
    differing_pair,
    is_number,
    looks_like_a_number,
)
from tinygrad_dropout.lab.errors import LabError

if TYPE_CHECKING:
    import pandas as pd

FEW = 20  # up to this many different values may be categories, whatever they look like
MAX_TEXTS = 1_000  # distinct texts in a column


def check_texts(table: pd.DataFrame, column: Column) -> None:
    """Raise a LabError if a column of texts contains numbers, or so many texts that they must name the rows."""
    check_no_stray_numbers(table, column)
    check_no_measurements(table, column)
    if len(column.texts) > min(MAX_TEXTS, max(FEW, len(column.places) / 2)):
        raise LabError(
            f"{table.index[0][0]}: expected column {column.name!r} to hold numbers, or texts that repeat, got "
            f"{len(column.texts):,} different texts in {len(column.places):,} rows; if it only names the rows, leave "
            f"it out with {to_ignore(column.name)}"
        )


def check_no_measurements(table: pd.DataFrame, column: Column) -> None:
    """Raise a LabError if a column of texts holds measurements with a unit, dates or something similar."""
    like_numbers = len(column.texts) > FEW and all(map(looks_like_a_number, column.texts))
    if like_numbers or are_measurements(column.texts, FEW):
        first = column.texts_by_row[0]
        raise wrong_value(
            table, column.first_row(text == first for text in column.texts), column.name,
            "plain numbers without a unit (for dates: columns of years, months or weekdays)", repr(first),
        )  # fmt: skip


def check_no_stray_numbers(table: pd.DataFrame, column: Column) -> None:
    """Raise a LabError if a column of texts has numbers in most rows, or if its other texts look like numbers too."""
    numeric = np.array([is_number(text) for text in column.texts], bool)
    if not numeric.any():
        return
    if numeric.all():
        like, differing = differing_pair(column.texts_by_row)
        raise wrong_value(
            table, column.first_row(text == differing for text in column.texts), column.name,
            f"a number written like {like!r}, with the same decimal mark and the same symbol, if any", repr(differing),
        )  # fmt: skip
    others = column.rows_with(~numeric)
    present = np.count_nonzero(column.places >= 0)
    mostly = len(others) < present / 2 or np.count_nonzero(numeric) > len(column.texts) / 2
    if mostly or all(is_one or looks_like_a_number(text) for text, is_one in zip(column.texts, numeric, strict=True)):
        row = int(others[0])
        expected = f"a number (as in {present - len(others):,} of {present:,} rows)"
        raise wrong_value(table, row, column.name, expected, repr(column.texts[column.places[row]]))
