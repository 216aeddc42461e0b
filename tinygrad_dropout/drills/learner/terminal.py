"""Reads typed lines with a time limit, and single keys if there is a keyboard."""

from __future__ import annotations

import os
import queue
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread


class Lines:
    """Reads typed lines. A separate thread waits for them, so that a time limit can end the wait."""

    def __init__(self) -> None:
        self.typed: queue.Queue[str | None] = queue.Queue()
        Thread(target=self.wait, daemon=True).start()

    def wait(self) -> None:
        """Collect lines until the end of the input."""
        for line in sys.stdin:
            self.typed.put(line.rstrip("\n"))
        self.typed.put(None)

    def read(self, prompt: str, seconds: float | None) -> str:
        """Show a prompt and return the line typed within a number of seconds, without its line break.

        Raises:
            TimeoutError: no line was typed in time.
            EOFError: there is no more input.
        """
        print(prompt, end="", flush=True)
        ends = None if seconds is None else time.monotonic() + seconds
        while True:
            left = 0.2 if ends is None else min(0.2, ends - time.monotonic())
            try:
                line = self.typed.get(timeout=max(left, 0.0))  # in short pieces, so that Ctrl-C works on Windows
            except queue.Empty:
                if ends is not None and time.monotonic() >= ends:
                    raise TimeoutError from None
                continue
            if line is None:
                self.typed.put(None)
                raise EOFError
            return line


@contextmanager
def keys() -> Iterator[bool]:
    """Make `pressed` return single keys without Enter; gives False if that is impossible because the input is a
    pipe."""
    if not sys.stdin.isatty():
        yield False
    elif os.name == "nt":
        yield True
    else:
        import termios
        import tty

        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)
        tty.setcbreak(descriptor)
        try:
            yield True
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def pressed(seconds: float) -> str:
    """The key that is pressed within a number of seconds, in lower case; "" for none."""
    if os.name == "nt":
        return pressed_on_windows(seconds)
    import select

    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    return os.read(sys.stdin.fileno(), 1).decode(errors="replace").lower() if ready else ""


def pressed_on_windows(seconds: float) -> str:
    """`pressed` on Windows, where a program cannot wait for a key and has to poll."""
    import msvcrt

    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if msvcrt.kbhit():  # type: ignore[attr-defined]
            return str(msvcrt.getwch()).lower()  # type: ignore[attr-defined]
        time.sleep(0.02)
    return ""
