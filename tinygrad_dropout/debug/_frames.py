"""The frames of the current call that lie outside this package."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FrameType

PACKAGE = __name__.partition(".")[0]


def calling_frame() -> FrameType:
    """The innermost frame of this call that is not ours; the outermost one where all are."""
    for frame in frames():
        if not is_internal(frame):
            break
    return frame


def frames() -> Iterator[FrameType]:
    """The frames of this call, the innermost first."""
    frame: FrameType | None = sys._getframe(1)
    while frame:
        yield frame
        frame = frame.f_back


def is_internal(frame: FrameType) -> bool:
    """Whether a frame runs code of this package."""
    return f"{frame.f_globals.get('__name__') or ''}.".startswith(f"{PACKAGE}.")
