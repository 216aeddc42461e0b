"""Published figures: the table they belong to, and how they are shown next to ours."""

import pytest
from rich.console import Console
from rich.measure import Measurement

from tests.lab.evidence.uncertainty.small import made_up_outcome
from tinygrad_dropout.lab.evidence.uncertainty.published import TABLE_1, published_for


@pytest.mark.parametrize(
    ("name", "rows", "found"),
    [("yacht", 308, "yacht"), ("Yacht_hydrodynamics", 308, "yacht"), ("yacht", 300, None), ("my_yacht", 308, None),
     ("bostonHousing", 506, "boston"), ("naval-propulsion-plant", 11934, "naval"), ("power-plant", 9568, "power"),
     ("protein-tertiary-structure", 45730, "protein"), ("wine-quality-red", 1599, "wine"), ("diabetes", 442, None)],
)  # fmt: skip
def test_published_figures_are_those_of_the_same_table(name, rows, found):
    line = published_for(name, rows)
    assert (None if line is None else line.name) == found


def test_a_table_of_the_paper_is_compared_with_it():
    outcome = made_up_outcome(uci="concrete", table_rows=1030, better_by=0.25, spread=0.05)
    assert outcome.options["rows"] == 1030
    lines = [line.split() for line in str(outcome).splitlines()]
    assert ["here,", "Monte", "Carlo", "0.75", "±", "0.07", "-0.75", "±", "0.07"] in lines
    assert ["here,", "weight", "scaling", "1.00", "±", "0.00", "-1.00", "±", "0.00"] in lines
    assert ["Gal", "&", "Ghahramani", "2016,", "table", "1", "5.23", "±", "0.53", "-3.04", "±", "0.09"] in lines
    assert ["their", "later", "run,", "2018", "4.82", "-2.93"] in lines
    (note,) = (note for note in outcome.notes if "Ghahramani" in note)
    assert note.startswith("Gal & Ghahramani: 20 given splits, one hidden layer of 50 units, dropout on the inputs too")
    assert "on rows that are test rows of other splits" in note


def test_other_tables_are_compared_with_nothing():
    assert "Ghahramani" not in str(made_up_outcome())


def test_the_table_fits_80_columns():
    """Measured on a wide console, because a narrow console cuts the lines."""
    outcome = made_up_outcome(uci="protein-tertiary-structure", table_rows=45730, spread=123.456)
    tables = outcome.experiment.tables(outcome.options, outcome.figures)
    assert len(tables) == 4
    console = Console(width=200)
    assert max(Measurement.get(console, console.options, table).maximum for table in tables) <= 80


def test_the_published_tables_are_nine():
    assert len({line.name for line in TABLE_1}) == 9
    assert {line.name: line.splits for line in TABLE_1 if line.splits != 20} == {"protein": 5}
