"""Output as text: lists, tables and their plain-text form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from io import StringIO
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

WIDTH = 100  # of a report that is not printed to a terminal
TABLE_WIDTH = 80  # of a table with intervals; an interval that does not fit goes below its difference


def new_table(first: str, *others: str) -> Table:
    """A table with these headings; all columns but the first are numbers."""
    from rich import box
    from rich.table import Table

    result = Table(
        first, box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), title_justify="left", title_style=""
    )
    for heading in others:
        result.add_column(heading, justify="right")
    return result


def table_with_intervals(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, intervals: int, title: str | None = None
) -> Table:
    """A table with these headings and rows, at most `TABLE_WIDTH` wide.

    Args:
        headings: one per column; the first column contains names, the others numbers.
        rows: the cells, row by row.
        intervals: the index of the column with cells such as `+8.1 (+7.1 to +9.1)`.
        title: a line above the table.
    """
    table = new_table(*headings)
    table.title = title
    columns = [
        [heading.split("\n")[-1], *cells] for heading, cells in zip(headings, zip(*rows, strict=True), strict=True)
    ]
    widths = [max(map(len, cells)) for cells in columns]
    room = TABLE_WIDTH - 2 * len(widths) + 1 - (sum(widths) - widths[intervals])
    for row in rows:
        cells = list(row)
        if len(cells[intervals]) > room:
            cells[intervals] = cells[intervals].replace(" (", "\n(")
        table.add_row(*cells)
    return table


def console_in_memory(*, record: bool = False) -> Console:
    """A console that prints into its `file`, a StringIO, without colors; `record` is rich's.

    The settings matter in a notebook: by default, a console would display its output immediately even if it has a file,
    and would behave as on a terminal, because ipykernel sets FORCE_COLOR.
    """
    from rich.console import Console

    return Console(
        file=StringIO(),
        width=WIDTH,
        record=record,
        markup=False,
        emoji=False,
        force_jupyter=False,
        force_terminal=False,
    )


def counted(number: int, thing: str) -> str:
    """`1 row`, `2 rows`, `1,500 rows`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def listed(names: Iterable[str], word: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    *others, last = names
    return f"{', '.join(others)} {word} {last}" if others else last


def alternatives(names: Iterable[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    return listed(names, "or")


def as_text(show: Callable[[Console], None]) -> str:
    """What `show` prints, without colors."""
    console = console_in_memory()
    show(console)
    return cast(StringIO, console.file).getvalue().rstrip()
