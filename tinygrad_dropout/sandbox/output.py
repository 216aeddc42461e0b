"""Reads the output of a process, up to a limit."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import IO

from tinygrad_dropout.sandbox.printable import printable


class Output:
    """Reads the output of a running process in a thread.

    Args:
        stream: the reading end of the pipe that the process writes to.
        most: the number of bytes to read; if there are more, `flooded` becomes True and reading stops.
        on_line: called with every line, made printable, as soon as it arrives.
    """

    def __init__(self, stream: IO[bytes], most: int, on_line: Callable[[str], None] | None = None) -> None:
        self.stream, self.most, self.on_line = stream, most, on_line
        self.flooded = False
        self.kept: list[bytes] = []
        self.thread = Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self) -> None:
        """Read to the end or to the limit."""
        left, line = self.most, bytearray()
        with suppress(OSError, ValueError), self.stream:
            while more := os.read(self.stream.fileno(), 65536):
                self.flooded = len(more) > left
                self.kept.append(more[:left])
                left -= len(self.kept[-1])
                *lines, rest = self.kept[-1].split(b"\n")
                for end in lines:
                    self.pass_on(line + end)
                    line.clear()
                line += rest
                if self.flooded:
                    break
        if line:
            self.pass_on(line)

    def pass_on(self, line: bytearray) -> None:
        """Call `on_line` with a line, if there is an `on_line`."""
        if self.on_line is not None:
            with suppress(OSError, ValueError):  # the reader of our own output may have closed it
                self.on_line(shown(line))

    def is_open(self, seconds: float = 0.0) -> bool:
        """Whether there may be more to read; wait up to this many seconds for the end."""
        self.thread.join(seconds)
        return self.thread.is_alive()

    def text(self) -> str:
        """The output so far, made printable."""
        return shown(b"".join(self.kept)).strip()


def shown(printed: bytes | bytearray) -> str:
    """Decode output into text that is safe to show."""
    return printable(printed.decode("utf-8", errors="replace").replace("\r\n", "\n").removesuffix("\r"))


def print_to_stderr(line: str) -> None:
    """Print a line to standard error immediately, separate from the command's own output."""
    print(line, file=sys.stderr, flush=True)
