"""Check an exercise whenever its file is saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tinygrad_dropout.drills.exercise import Exercise, exercises
from tinygrad_dropout.drills.learner.workspace import Workspace

KEYS = {
    "c": "check again",
    "h": "hint",
    "t": "task",
    "l": "list",
    "n": "next",
    "q": "quit",
}

NOT_THERE = (0, 0)


class Watch:
    """Sees which exercise was saved.

    Args:
        workspace: the learner's folder.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.seen = self.states()

    def states(self) -> dict[str, tuple[int, int]]:
        """What tells that a file was saved: its time and size."""
        return {one.slug: state(self.workspace.path(one)) for one in exercises()}

    def saved(self) -> Exercise | None:
        """The exercise whose file was saved since this was last asked; of several the last in order."""
        now, before = self.states(), self.seen
        self.seen = now
        changed = [one for one in exercises() if now[one.slug] not in (before[one.slug], NOT_THERE)]
        return changed[-1] if changed else None


def state(path: Path) -> tuple[int, int]:
    """A file's time and size; zeros where there is none: editors replace a file by another one."""
    try:
        stat = path.stat()
    except OSError:
        return NOT_THERE
    return (stat.st_mtime_ns, stat.st_size)


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
