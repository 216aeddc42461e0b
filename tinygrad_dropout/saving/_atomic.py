"""Write a file so that, at any moment, either the old or the new one is there whole."""

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
    """Write a new file next to the old one, and replace the old one once the new one is complete on the disk.

    A process that is killed while it writes leaves a hidden file, `.name.<16 characters>.tmp`. The next call for the
    same path deletes it, once it is an hour old: until then it could belong to a process that is still writing.

    Args:
        path: the file; if it is a link, the file that it leads to.
        write: is given the new file, open for writing.

    Raises:
        OSError: the file cannot be written, for instance because the disk is full. The old one is unchanged.
    """
    path = Path(os.path.realpath(path))
    check_ordinary(path)
    if path.exists():
        path.open("r+b").close()  # an OSError if it may not be written to, which replacing it would not ask
    short = path.name[:40]  # 255 bytes are the limit, which the path's own name may reach
    delete_abandoned(path.parent, escape(short), ABANDONED)
    # A random name that must be new. No other writer has it: no process, no thread, and no signal handler that saves
    # while this function is at work.
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
    """Raise an OSError if the path leads to a folder, a pipe or a device, which must not be replaced or read."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "Not an ordinary file", str(path))


def delete_abandoned(folder: Path, name: str = "*", age: float = 0) -> None:
    """Delete temporary files that killed processes left in a folder.

    Args:
        folder: the folder.
        name: a pattern for the names of the files that were to be written.
        age: the seconds since the last change, at least.
    """
    for file in folder.glob(f".{name}.{16 * '?'}.tmp"):
        with suppress(OSError):
            if time.time() - file.stat().st_mtime >= age:
                file.unlink()
