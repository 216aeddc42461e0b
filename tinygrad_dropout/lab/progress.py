"""How far a comparison is: a bar with the time left on a terminal, a few plain lines anywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tinygrad_dropout.lab.experiment import Progress

if TYPE_CHECKING:
    from rich.console import Console

LINES = 5  # about as many, where there is no terminal


@contextmanager
def shown_progress(console: Console, pairs: int) -> Iterator[Progress]:
    """What `compare` takes as `progress`, shown until the context ends.

    Args:
        console: where to.
        pairs: how many the comparison has.
    """
    if console.is_terminal:
        with bar(console, pairs) as show:
            yield show
    else:
        yield lines(console, pairs)


@contextmanager
def bar(console: Console, pairs: int) -> Iterator[Progress]:
    """A bar that is gone when the context ends."""
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Bar(*columns, console=console, transient=True) as shown:
        task = shown.add_task("starting", total=None)

        def show(done: int, total: int, finished: int) -> None:
            shown.update(task, completed=done, total=total, description=f"{finished} of {pairs} pairs")

        yield show


def lines(console: Console, pairs: int) -> Progress:
    """A line for every fifth of the pairs."""
    said = 0

    def show(done: int, total: int, finished: int) -> None:
        nonlocal said
        if finished * LINES // pairs > said:
            said = finished * LINES // pairs
            console.print(f"{finished} of {pairs} pairs finished", highlight=False)

    return show
