"""Detects a forked child that returns from the code that forked into the code that called it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

OURS = str(Path(__file__).parent.parent) + os.sep


def stop_copies(on_copy: Callable[[], NoReturn]) -> None:
    """From now on, call `on_copy` in every forked child that returns, or raises, into a function of this package.

    A fork copies the whole process, so a child that does not end would repeat the rest of its parent's work. The child
    uses Python's profiler to see each return; nothing changes in the parent.
    """
    if not hasattr(os, "register_at_fork"):  # on Windows, which has no fork
        return

    def in_child() -> None:
        caller = nearest_of_ours(sys._getframe().f_back)
        if caller is None:  # a thread of the user's code forked; the child ends with that thread
            return

        def on_event(frame: FrameType, event: str, argument: Any) -> None:
            if event == "return" and frame.f_back is caller:
                on_copy()

        sys.setprofile(on_event)

    os.register_at_fork(after_in_child=in_child)


def nearest_of_ours(frame: FrameType | None) -> FrameType | None:
    """The innermost frame, starting from this one, that runs a function of this package."""
    while frame is not None and not frame.f_code.co_filename.startswith(OURS):
        frame = frame.f_back
    return frame
