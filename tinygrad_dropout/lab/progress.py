"""How far an experiment is: a bar with the time left on a terminal, a few plain lines anywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tinygrad_dropout.lab.trials import Progress

if TYPE_CHECKING:
    from rich.console import Console

LINES = 5  # about as many, where there is no terminal


@contextmanager
def shown_progress(console: Console) -> Iterator[Progress]:
    """What `run` takes as `progress`, shown until the context ends."""
    if console.is_terminal:
        with bar(console) as show:
            yield show
    else:
        yield lines(console)


@contextmanager
def bar(console: Console) -> Iterator[Progress]:
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

        def show(done: int, total: int, finished: int, trials: int) -> None:
            shown.update(task, completed=done, total=total, description=f"{finished} of {trials} trials")

        yield show


def lines(console: Console) -> Progress:
    """A line for every fifth of the trials, if there are several."""
    said = 0

    def show(done: int, total: int, finished: int, trials: int) -> None:
        nonlocal said
        if trials > 1 and finished * LINES // trials > said:
            said = finished * LINES // trials
            console.print(f"{finished} of {trials} trials finished", highlight=False)

    return show
