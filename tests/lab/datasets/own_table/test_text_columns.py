"""Texts that are not really texts: mistyped numbers, measurements, dates and names of rows."""

import pytest

from tests.lab.datasets.own_table.tables import a_column
from tinygrad_dropout.lab import LabError


def test_a_column_that_only_names_the_rows_is_refused(read):
    rows = "".join(f"name{row},{row % 2}\n" for row in range(40))
    with pytest.raises(LabError, match=r"got 40 different texts in 40 rows; .* leave it out with --ignore id"):
        read(f"id,species\n{rows}")


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (a_column("5,100", "1,234"), "only one way, .* in line 2, .* got '5,100', which could be 5100 or 5.1"),
        (a_column("5,1", "5.1"), "written like '5,1', with the same decimal mark and .* in line 4, .* got '5.1'"),
        (a_column("$5", "€5"), r"written like '\$5', .* the same symbol, if any in line 4, column 'size', got '€5'"),
        (a_column("5%", "5%", "0.05"), "written like '5%', .* in line 6, column 'size', got '0.05'"),
        (a_column("5", "5,1", "6", "5.1"), "written like '5,1', .* in line 8, column 'size', got '5.1'"),
        (a_column("5", "~5"), r"a number \(as in 2 of 4 rows\) in line 4, column 'size', got '~5'"),
        (a_column("5", "6.5 kg", "7 kg"), "a number .* in line 4, column 'size', got '6.5 kg'"),
        (a_column("5.5 °C", "7 °C"), "without a unit"),
        (a_column("5.1 kg", "7 kg"), "plain numbers without a unit .* in line 2, column 'size', got '5.1 kg'"),
        (a_column(1, 2, "x"), r"a number \(as in 4 of 6 rows\) in line 6, column 'size', got 'x'"),
        (a_column("x", "x", "x", 1, 2), r"a number \(as in 4 of 10 rows\) in line 2, column 'size', got 'x'"),
        (
            a_column(*(f"2024-{m:02}-{d:02}" for m in range(1, 5) for d in range(1, 9))),
            "for dates: columns of years",
        ),
        (a_column(*(f"{kg} kg" for kg in range(21))), "plain numbers without a unit"),
        (
            a_column(*(f"u{row}" for row in range(1001))),
            "got 1,001 different texts in 2,002",
        ),
    ],
)
def test_a_column_that_may_be_numbers_is_refused(read, column, words):
    with pytest.raises(LabError, match=words):
        read(column)
