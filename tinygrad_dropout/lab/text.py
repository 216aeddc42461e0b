"""What is printed: tables, and what they look like as plain text."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

WIDTH = 100  # of a report that goes to no terminal


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


def as_text(show: Callable[[Console], None]) -> str:
    """What `show` prints, without colours."""
    from rich.console import Console

    # In a notebook a console would show at once what it prints, whatever its file is, and in colours (see notebook.py).
    file = StringIO()
    show(Console(file=file, width=WIDTH, markup=False, emoji=False, force_jupyter=False, force_terminal=False))
    return file.getvalue().rstrip()
