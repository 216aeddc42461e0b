"""The group column: rows with the same value in it, such as the same person, stay on one side of the split."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tinygrad_dropout.lab.arrays import Labels
from tinygrad_dropout.lab.datasets.own_table.columns import LARGEST_WHOLE, Column, wrong_value
from tinygrad_dropout.lab.errors import LabError

if TYPE_CHECKING:
    import pandas as pd


def numbered_groups(group: Column) -> Labels:
    """The group of every row as a number from 0, shape (rows,). "7" and "7.0" are one group."""
    for numbers in group.readings.values():
        if (abs(numbers) <= LARGEST_WHOLE).all():
            return np.unique(numbers, return_inverse=True)[1][group.places]
    return group.places


def check_groups(
    table: pd.DataFrame, group: Column, groups: Labels, classes: Column | None, training_rows: int
) -> None:
    """Raise a LabError unless the groups can be divided between two sides with every class on both.

    If there is a test file, only check that it shares no group with the training rows. `classes` is None for
    regression.
    """
    path = table.index[0][0]
    if training_rows < len(table):
        shared = np.flatnonzero(np.isin(groups[training_rows:], groups[:training_rows]))
        if shared.size:
            row = training_rows + int(shared[0])
            given = repr(group.texts[group.places[row]])
            raise wrong_value(table, row, group.name, f"a group that {path} does not have", given)
        return
    if not groups.any():
        raise LabError(f"{path}: expected at least two groups in column {group.name!r}, got 1")
    if classes is None:
        return
    labels = classes.places if classes.numbers is None else classes.values
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        if not np.ptp(groups[rows]):
            row = rows[0]
            raise LabError(
                f"{path}: expected rows of class {classes.texts[classes.places[row]]!r} in at least two groups, so "
                f"that both sides of the split get some, got only group {group.texts[group.places[row]]!r} of column "
                f"{group.name!r}"
            )
