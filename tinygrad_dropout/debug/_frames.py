"""Find the user's frames in the current call stack, and the names of their files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FrameType

PACKAGE = __name__.partition(".")[0]


def calling_frame() -> FrameType:
    """Return the innermost frame outside this package, or the outermost frame if all are inside."""
    for frame in frames():
        if not is_internal(frame):
            break
    return frame


def frames() -> Iterator[FrameType]:
    """Yield the frames of the current call, innermost first."""
    frame: FrameType | None = sys._getframe(1)
    while frame:
        yield frame
        frame = frame.f_back


def file_of(frame: FrameType) -> str:
    """Return the file of a frame's code. A notebook's cell is called `In[3]`, as in IPython's tracebacks."""
    file = frame.f_code.co_filename
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    name_of_cell = getattr(getattr(shell, "compile", None), "format_code_name", None)  # IPython 8 and newer
    label = name_of_cell(file) if name_of_cell else None
    return label[1] if label else file


def is_internal(frame: FrameType) -> bool:
    """Whether a frame runs code of this package."""
    return f"{frame.f_globals.get('__name__') or ''}.".startswith(f"{PACKAGE}.")
