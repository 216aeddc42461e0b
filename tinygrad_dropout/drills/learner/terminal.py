"""Lines that are typed within a time, and single keys where there is a keyboard."""

from __future__ import annotations

import os
import queue
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread


class Lines:
    """What is typed, line by line. A thread of its own waits for it, so that a clock can run meanwhile."""

    def __init__(self) -> None:
        self.typed: queue.Queue[str | None] = queue.Queue()
        Thread(target=self.wait, daemon=True).start()

    def wait(self) -> None:
        """Until the end of the input."""
        for line in sys.stdin:
            self.typed.put(line.rstrip("\n"))
        self.typed.put(None)

    def read(self, prompt: str, seconds: float | None) -> str:
        """Show a prompt; what is typed within so many seconds, without its end.

        Raises:
            TimeoutError: nothing was.
            EOFError: there is no more input.
        """
        print(prompt, end="", flush=True)
        ends = None if seconds is None else time.monotonic() + seconds
        while True:
            left = 0.2 if ends is None else min(0.2, ends - time.monotonic())
            try:
                line = self.typed.get(timeout=max(left, 0.0))  # in short pieces, so that Ctrl-C is heard on Windows
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
    """Inside, `pressed` gives single keys without Enter; whether that can be: not if the input is a pipe."""
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
    """The key that is pressed within so many seconds, in small; "" for none."""
    if os.name == "nt":
        return pressed_on_windows(seconds)
    import select

    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    return os.read(sys.stdin.fileno(), 1).decode(errors="replace").lower() if ready else ""


def pressed_on_windows(seconds: float) -> str:
    """There, a keyboard cannot be waited for; it is asked again and again."""
    import msvcrt

    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if msvcrt.kbhit():  # type: ignore[attr-defined]
            return str(msvcrt.getwch()).lower()  # type: ignore[attr-defined]
        time.sleep(0.02)
    return ""
