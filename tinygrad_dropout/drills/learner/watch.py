"""Check an exercise whenever its file is saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tinygrad_dropout.drills.bundle import paths_in
from tinygrad_dropout.drills.exercise import Exercise

KEYS = {
    "c": "check again",
    "h": "hint",
    "t": "task",
    "l": "list",
    "n": "next",
    "q": "quit",
}

State = tuple[tuple[str, int, int], ...]
NOT_THERE: State = ()


class Watch:
    """Sees which exercise was saved.

    Args:
        path: gives the file of an exercise, or the folder of the package that answers it.
        chosen: the exercises.
    """

    def __init__(self, path: Callable[[Any], Path], chosen: Sequence[Exercise]) -> None:
        self.path, self.chosen = path, chosen
        self.seen = self.states()

    def states(self) -> dict[str, State]:
        """What tells that a file was saved."""
        return {one.slug: state(self.path(one)) for one in self.chosen}

    def saved(self) -> Exercise | None:
        """The exercise whose file was saved since this was last asked; of several the last in order."""
        now, before = self.states(), self.seen
        self.seen = now
        changed = [one for one in self.chosen if now[one.slug] not in (before[one.slug], NOT_THERE)]
        return changed[-1] if changed else None


def state(path: Path) -> State:
    """Name, time and size of a file, or of the files of a package; none is there while an editor replaces it."""
    found = []
    for name in paths_in(path) if path.is_dir() else [""]:
        with suppress(OSError):
            stat = (path / name).stat()
            found.append((name, stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def watch(
    seen: Watch,
    *,
    check: Callable[[Exercise], None],
    act: Callable[[str], bool],
    pressed: Callable[[float], str],
    every: float = 0.3,
) -> None:
    """Check what is saved and do what keys ask, until one asks to end.

    Args:
        seen: the files, as they were when somebody was told that they are watched.
        check: checks an exercise and shows its grade.
        act: does what a key stands for; whether to go on.
        pressed: waits so many seconds for a key; "" if none was pressed.
        every: seconds between looks at the files.
    """
    while True:
        key = pressed(every)
        if key and not act(key):
            return
        if saved := seen.saved():
            check(saved)
