"""What a process prints, read up to a bound."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import IO

from tinygrad_dropout.sandbox.printable import printable


class Output:
    """Reads what a process prints while it runs, in a thread.

    Args:
        stream: the reading end of the pipe that the process prints into.
        most: how many bytes are read; once there are more, `flooded` is True and nothing more is read.
        on_line: called with every line as soon as it was printed, made printable.
    """

    def __init__(self, stream: IO[bytes], most: int, on_line: Callable[[str], None] | None = None) -> None:
        self.stream, self.most, self.on_line = stream, most, on_line
        self.flooded = False
        self.kept: list[bytes] = []
        self.thread = Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self) -> None:
        """Read until the end, or the bound."""
        left, line = self.most, bytearray()
        with suppress(OSError, ValueError), self.stream:
            while more := os.read(self.stream.fileno(), 65536):
                self.flooded = len(more) > left
                self.kept.append(more[:left])
                left -= len(self.kept[-1])
                *lines, rest = self.kept[-1].split(b"\n")
                for end in lines:
                    self.tell(line + end)
                    line.clear()
                line += rest
                if self.flooded:
                    break
        if line:
            self.tell(line)

    def tell(self, line: bytearray) -> None:
        """Call `on_line`."""
        if self.on_line is not None:
            with suppress(OSError, ValueError):  # whoever was to see it has stopped reading
                self.on_line(shown(line))

    def is_open(self, seconds: float = 0.0) -> bool:
        """Whether there may be more to read, also after so many seconds; it returns as soon as there is not."""
        self.thread.join(seconds)
        return self.thread.is_alive()

    def text(self) -> str:
        """What was printed, made printable."""
        return shown(b"".join(self.kept)).strip()


def shown(printed: bytes | bytearray) -> str:
    """Printed bytes as a text that can be shown."""
    return printable(printed.decode("utf-8", errors="replace").replace("\r\n", "\n").removesuffix("\r"))


def print_to_stderr(line: str) -> None:
    """Show a line at once, apart from what the command itself prints."""
    print(line, file=sys.stderr, flush=True)
