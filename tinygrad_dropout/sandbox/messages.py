"""The file through which a sandboxed process says things, a line of JSON each, so that they outlive its end."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from tinygrad_dropout.sandbox.printable import printable_values

MOST_READ = 50_000_000  # bytes
CANNOT_WRITE = 74  # the exit code when a message cannot be written, as of a full disk; sysexits.h has it for that
MOST_TEXT = 100_000  # characters of a text in a message; an exception's may be of any length
Said = dict[str, Any]


class Messages:
    """The writing end, in the process.

    Args:
        path: of the file, which need not exist.
        on_copy: called instead, if it is not this process that writes but a forked copy of it.
    """

    def __init__(self, path: Path, on_copy: Callable[[], NoReturn]) -> None:
        binary = getattr(os, "O_BINARY", 0)  # on Windows
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | binary, 0o600)
        self.process, self.on_copy = os.getpid(), on_copy

    def say(self, **message: Any) -> None:
        """Write a message, at once."""
        self.write({"said": shortened(message)})

    def note(self, event: str, detail: str = "") -> None:
        """Write that the work begins, or how it ends."""
        self.write({"event": event, "detail": shortened(detail)})

    def write(self, line: Said) -> None:
        """Write a line, unless this is a copy."""
        if os.getpid() != self.process:
            self.on_copy()
        self.write_anyway(line)

    def note_copy(self) -> None:
        """Write, in a copy, that there is one."""
        self.write_anyway({"event": "fork", "detail": ""})

    def write_anyway(self, line: Said) -> None:
        """Write a line, or end the process: nothing that it does could be told any more."""
        left = json.dumps(line).encode("ascii") + b"\n"
        try:
            while left:
                left = left[os.write(self.file, left) :]
        except OSError:
            os._exit(CANNOT_WRITE)


def shortened(value: Any) -> Any:
    """A value in which no text is too long."""
    if isinstance(value, str):
        return value if len(value) <= MOST_TEXT else f"{value[:MOST_TEXT]} ..."
    if isinstance(value, (list, tuple)):
        return [shortened(one) for one in value]
    return {key: shortened(one) for key, one in value.items()} if isinstance(value, dict) else value


def read(path: Path) -> tuple[list[Said], dict[str, str]]:
    """Read what was written.

    Returns:
        The messages in their order, and {event: detail}. Of a line that was cut off, nothing; all texts are printable.
    """
    said: list[Said] = []
    events: dict[str, str] = {}
    with suppress(OSError), path.open("rb") as file:
        for line in file.read(MOST_READ).split(b"\n"):
            with suppress(ValueError):
                message = printable_values(json.loads(line))
                if "said" in message:
                    said.append(message["said"])
                else:
                    events[message["event"]] = message["detail"]
    return said, events


def why_not_writable(path: Path) -> str:
    """Why a file cannot be written to, in the system's words; "" if it can."""
    try:
        with path.open("ab") as file:
            file.write(b"\n" * 4096)
    except OSError as error:
        return error.strerror or str(error)
    return ""
