"""How much memory a call takes at its peak."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any


def most_memory_of(action: Callable[[], Any]) -> int:
    """The most that was taken at once while something was done, in bytes: arrays of NumPy's, and Python's objects.

    What was there before does not count, and what the action gave back in between counts only while it was held.
    """
    started = not tracemalloc.is_tracing()
    if started:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        action()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if started:
            tracemalloc.stop()
