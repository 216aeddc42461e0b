"""Write a file so that, at any moment, either the old or the new one is there whole."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import get_ident
from typing import BinaryIO


def write_safely(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a new file next to the old one, and put it in the old one's place when it is complete on the disk.

    Args:
        path: the file; if it is a link, the file that it leads to.
        write: is given the new file, open for writing.

    Raises:
        OSError: the file cannot be written, for instance because the disk is full; the old one is as it was.
    """
    path = path.resolve()
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{get_ident()}.tmp")
    try:
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        problem = f"the file could not be written ({error.strerror or error}); what was there before is unchanged"
        raise OSError(error.errno, problem, str(path)) from error
    finally:
        with suppress(OSError):
            temporary.unlink()
