"""What the experiments' tables and pictures have in common."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

from tinygrad_dropout.lab.plots import COLOURS, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from rich.table import Table

Figures = dict[str, Any]

TITLE_WIDTH = 95  # in characters
TRAIN, TEST = COLOURS["with"], COLOURS["without"]
GREEN = "#009E73"  # Okabe and Ito's too


def new_table(first: str, *others: str) -> Table:
    """A table with these headings; all columns but the first are numbers."""
    from rich import box
    from rich.table import Table

    result = Table(first, box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in others:
        result.add_column(heading, justify="right")
    return result


def finish(figure: Figure, path: Path, title: str, caption: str, legend_of: Axes, columns: int) -> None:
    """The look of all the lab's pictures, with a title of as many lines as it needs."""
    save(figure, path, fill(title, TITLE_WIDTH), caption, legend_of, columns)
