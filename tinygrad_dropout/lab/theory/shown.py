"""What the experiments' tables and pictures have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

Figures = dict[str, Any]

# Okabe and Ito's colours, which remain apart for every kind of colour vision; https://jfly.uni-koeln.de/color/
TRAIN, TEST, GREEN = "#0072B2", "#D55E00", "#009E73"


def new_table(first: str, *others: str) -> Table:
    """A table with these headings; all columns but the first are numbers."""
    from rich import box
    from rich.table import Table

    result = Table(first, box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in others:
        result.add_column(heading, justify="right")
    return result
