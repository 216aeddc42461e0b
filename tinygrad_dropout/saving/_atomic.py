"""Write a file so that at any moment either the old or the new file is there, complete."""

from __future__ import annotations

import errno
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from glob import escape
from pathlib import Path
from stat import S_IMODE
from typing import BinaryIO

ABANDONED = 3600  # seconds without a change


def write_safely(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a new file next to the old one, and replace the old one when the new one is complete on disk.

    A process that is killed while writing leaves a hidden file, `.name.<16 characters>.tmp`. The next call for the same
    path deletes it if it is at least an hour old. Before that, it could belong to a process that is still writing.

    Args:
        path: the file. If it is a link, the linked file is replaced.
        write: a function that gets the new file, open for writing.

    Raises:
        OSError: the file cannot be written, for example because the disk is full. The old file is unchanged.
    """
    path = Path(os.path.realpath(path))
    check_ordinary(path)
    if path.exists():
        path.open("r+b").close()  # an OSError if it is write-protected, which replacing would ignore
    short = path.name[:40]  # a name can have 255 bytes, and this name may already
    delete_abandoned(path.parent, escape(short), ABANDONED)
    # A new random name. No other writer has it: no process, no thread, and no signal handler that saves while this
    # function runs.
    temporary = path.with_name(f".{short}.{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as file:
            with suppress(OSError):  # there is no old file, or the file system has no permissions
                temporary.chmod(S_IMODE(path.stat().st_mode))  # a private file stays private
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink()


def check_ordinary(path: Path) -> None:
    """Raise an OSError if the path is a folder, a pipe or a device, which must not be replaced or read."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "Not an ordinary file", str(path))


def delete_abandoned(folder: Path, name: str = "*", age: float = 0) -> None:
    """Delete temporary files that killed processes left in a folder.

    Args:
        folder: the folder.
        name: a pattern for the names of the files that those processes were writing.
        age: delete only files unchanged for at least this many seconds.
    """
    for file in folder.glob(f".{name}.{16 * '?'}.tmp"):
        with suppress(OSError):
            if time.time() - file.stat().st_mtime >= age:
                file.unlink()
