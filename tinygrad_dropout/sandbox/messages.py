"""The file to which a sandboxed process writes messages, one line of JSON each, so that they survive the process."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from tinygrad_dropout.sandbox.printable import printable_values

MAX_READ = 50_000_000  # bytes
CANNOT_WRITE = 74  # the exit code if a message cannot be written, for example to a full disk: EX_IOERR of sysexits.h
MAX_TEXT = 100_000  # characters of a text in a message; an exception's text may have any length
Message = dict[str, Any]


class Messages:
    """Writes messages, inside the process.

    Args:
        path: the file, which does not have to exist.
        on_copy: called instead of writing if a forked copy of the process tries to write.
    """

    def __init__(self, path: Path, on_copy: Callable[[], NoReturn]) -> None:
        binary = getattr(os, "O_BINARY", 0)  # on Windows
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | binary, 0o600)
        self.process, self.on_copy = os.getpid(), on_copy

    def say(self, **message: Any) -> None:
        """Write a message immediately."""
        self.write({"said": shortened(message)})

    def note(self, event: str, detail: str = "") -> None:
        """Write that the work has begun, or how it ended."""
        self.write({"event": event, "detail": shortened(detail)})

    def write(self, line: Message) -> None:
        """Write a line, unless this process is a forked copy."""
        if os.getpid() != self.process:
            self.on_copy()
        self.write_anyway(line)

    def note_copy(self) -> None:
        """Write, from a forked copy, that the process has forked."""
        self.write_anyway({"event": "fork", "detail": ""})

    def write_anyway(self, line: Message) -> None:
        """Write a line; end the process if that fails, since nothing more could be reported."""
        left = json.dumps(line).encode("ascii") + b"\n"
        try:
            while left:
                left = left[os.write(self.file, left) :]
        except OSError:
            os._exit(CANNOT_WRITE)


def shortened(value: Any) -> Any:
    """The value with long texts cut off."""
    if isinstance(value, str):
        return value if len(value) <= MAX_TEXT else f"{value[:MAX_TEXT]} ..."
    if isinstance(value, (list, tuple)):
        return [shortened(item) for item in value]
    return {key: shortened(item) for key, item in value.items()} if isinstance(value, dict) else value


def read(path: Path) -> tuple[list[Message], dict[str, str]]:
    """Read the messages from the file.

    Returns:
        The messages in order, and {event: detail}. Incomplete lines are skipped, and all texts are printable.
    """
    said: list[Message] = []
    events: dict[str, str] = {}
    with suppress(OSError), path.open("rb") as file:
        for line in file.read(MAX_READ).split(b"\n"):
            with suppress(ValueError):
                message = printable_values(json.loads(line))
                if "said" in message:
                    said.append(message["said"])
                else:
                    events[message["event"]] = message["detail"]
    return said, events


def why_not_writable(path: Path) -> str:
    """The system's reason why a file cannot be written; "" if it can."""
    try:
        with path.open("ab") as file:
            file.write(b"\n" * 4096)
    except OSError as error:
        return error.strerror or str(error)
    return ""
