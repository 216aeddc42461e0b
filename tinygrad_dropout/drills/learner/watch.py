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
    """Detects which exercise was saved.

    Args:
        path: gives the file of an exercise, or the folder of the package that answers it.
        chosen: the exercises.
    """

    def __init__(self, path: Callable[[Any], Path], chosen: Sequence[Exercise]) -> None:
        self.path, self.chosen = path, chosen
        self.seen = self.states()

    def states(self) -> dict[str, State]:
        """The state of each exercise's files, which changes when one is saved."""
        return {one.slug: state(self.path(one)) for one in self.chosen}

    def saved(self) -> Exercise | None:
        """The exercise whose file was saved since the last call; the last one if there are several."""
        now, before = self.states(), self.seen
        self.seen = now
        changed = [one for one in self.chosen if now[one.slug] not in (before[one.slug], NOT_THERE)]
        return changed[-1] if changed else None


def state(path: Path) -> State:
    """Name, time and size of a file, or of the files of a package; empty while an editor replaces the file."""
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
    """Check exercises when they are saved and handle keys, until a key ends it.

    Args:
        seen: the watched files, in the state in which the learner was told so.
        check: checks an exercise and shows its grade.
        act: handles a key; returns whether to go on.
        pressed: waits a number of seconds for a key; "" if none was pressed.
        every: seconds between looks at the files.
    """
    while True:
        key = pressed(every)
        if key and not act(key):
            return
        if saved := seen.saved():
            check(saved)
