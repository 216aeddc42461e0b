"""The column to predict: classes, or numbers (regression)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tinygrad_dropout.lab.arrays import Labels, Numbers
from tinygrad_dropout.lab.datasets.own_table.columns import LARGEST_WHOLE, Column, wrong_value
from tinygrad_dropout.lab.datasets.own_table.text_columns import FEW, check_no_measurements, check_no_stray_numbers
from tinygrad_dropout.lab.errors import LabError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Target:
    """The encoded target.

    Attributes:
        values: shape (rows,): int64 labels from 0, or float64 numbers.
        classes: the number of classes; None for regression.
    """

    values: Labels | Numbers
    classes: int | None


def is_numeric(target: Column) -> bool:
    """Whether a target is clearly numeric: fractions, or many whole numbers that do not count from 0 or 1.

    "Many" means more than `FEW`, or more than half the number of rows.
    """
    if target.numbers is None:
        return False
    values = np.unique(target.numbers)
    counts = values[0] in (0, 1) and values[-1] - values[0] == len(values) - 1
    return not (values == np.floor(values)).all() or (len(values) > min(FEW, len(target.places) / 2) and not counts)


def encode_numbers(table: pd.DataFrame, target: Column) -> Target:
    """The numbers to predict."""
    if target.numbers is None:
        check_no_stray_numbers(table, target)
        raise wrong_value(table, 0, target.name, "a number to predict", repr(target.texts[target.places[0]]))
    if len(np.unique(target.numbers)) < 2:
        raise LabError(f"{table.index[0][0]}: expected different numbers in column {target.name!r}, got only one")
    return Target(target.values, None)


def encode_classes(table: pd.DataFrame, target: Column, training_rows: int) -> Target:
    """The classes as labels from 0, in the order of the numbers or of the alphabet."""
    path = table.index[0][0]
    if target.numbers is None:
        if len(target.texts) > FEW:
            check_no_stray_numbers(table, target)
        check_no_measurements(table, target)
        present, labels = np.array(target.texts), target.places
    else:
        wrong = target.rows_with((target.numbers != np.floor(target.numbers)) | (abs(target.numbers) > LARGEST_WHOLE))
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
        given = repr(target.texts[target.places[row]])
        advice = "" if target.numbers is None else " (to predict numbers: --regression)"
        if own_test:
            raise wrong_value(table, row, target.name, f"a class that a row of {path} has too{advice}", given)
        place = f"line {table.index[row][1]}, column {target.name!r}"
        raise LabError(f"{path}: expected at least two rows of every class{advice}, got one of {given} ({place})")
    return Target(labels.astype(np.int64), len(present))
