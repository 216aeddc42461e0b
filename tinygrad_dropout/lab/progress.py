"""The progress of an experiment: on a terminal a bar with the time left, elsewhere a few plain lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tinygrad_dropout.lab.trials import Progress

if TYPE_CHECKING:
    from rich.console import Console

LINES = 5  # at most, outside a terminal


@contextmanager
def shown_progress(console: Console) -> Iterator[Progress]:
    """Give a function for `run(progress=...)`, and show the progress until the context ends."""
    if console.is_terminal:
        with shown_bar(console) as show:
            yield show
    else:
        yield printed_lines(console)


@contextmanager
def shown_bar(console: Console) -> Iterator[Progress]:
    """A bar that disappears when the context ends."""
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

        def show(done: int, total: int, finished: int, trials: int) -> None:
            shown.update(task, completed=done, total=total, description=f"{finished} of {trials} trials")

        yield show


def printed_lines(console: Console) -> Progress:
    """A function that prints a line after every fifth of the trials, if there are several."""
    printed = 0

    def show(done: int, total: int, finished: int, trials: int) -> None:
        nonlocal printed
        if trials > 1 and finished * LINES // trials > printed:
            printed = finished * LINES // trials
            console.print(f"{finished} of {trials} trials finished", highlight=False)

    return show
