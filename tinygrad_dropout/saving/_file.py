"""td.save and td.load: which format a path asks for, and what is said where a file is not what it should be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tinygrad_dropout.errors import CheckpointError
from tinygrad_dropout.saving._atomic import check_ordinary, write_safely
from tinygrad_dropout.saving._npz import read_npz, write_npz
from tinygrad_dropout.saving._safetensors import read_safetensors, write_safetensors


def save(obj: Any, path: str | os.PathLike[str]) -> None:
    """Save an object: a state_dict, or one dict that holds everything you need to resume a training run.

        td.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3}, "run.npz")

    Nothing is pickled. An existing file is replaced only when the new one is complete, so a full disk or a killed
    process never costs you the old one. (A killed process can leave a hidden `.run.npz.<16 characters>.tmp` behind; a
    later save to the same path deletes it.)

    Args:
        obj: dicts with strings as keys, lists and tuples, nested, of arrays, numbers, strings, booleans and None.
            NumPy's numbers and strings come back as Python's.
        path: where to save it. If it ends in `.safetensors`, the file has that format, which holds only a flat dict of
            arrays (needs the extra `safetensors`). Otherwise it is an npz file, which `np.load` can look into.

    Raises:
        TypeError, ValueError: the object holds something that cannot be saved.
        OSError: the file cannot be written.
    """
    path = as_path("save", path)
    write = write_safetensors if path.suffix == ".safetensors" else write_npz
    try:
        write_safely(path, lambda file: write(file, obj))
    except OSError as error:
        problem = f"save: the file could not be written ({error.strerror or error}); what was there is unchanged"
        raise OSError(error.errno, problem, str(path)) from error


def load(path: str | os.PathLike[str]) -> Any:
    """Load what `save` saved (or, from a `.safetensors` file, what any program saved). The arrays are new.

    The file may come from a stranger: nothing in it is executed, and a size that it merely declares takes no memory.

    Args:
        path: the file. `.safetensors` is read as that format, any other name as npz.

    Raises:
        CheckpointError: the file is damaged, is of another kind or was written by a newer version.
        OSError: the file cannot be opened.
    """
    path = as_path("load", path)
    check_ordinary(path)
    is_safetensors = path.suffix == ".safetensors"
    with path.open("rb") as file:
        try:
            return read_safetensors(file) if is_safetensors else read_npz(file)
        except (ImportError, MemoryError):  # not the file's fault
            raise
        except Exception as error:  # a damaged file can make the decoders raise nearly anything
            found = " ".join(str(error).split())
            if not found.startswith("expected"):
                wanted = "safetensors file" if is_safetensors else "file that td.save wrote"
                cause = f"{type(error).__name__}: {found[:200]}"
                found = f"expected a complete {wanted}, found another kind of file or a damaged one ({cause})"
            raise CheckpointError(str(path), found) from error


def as_path(where: str, path: Any) -> Path:
    """The path, if it is one."""
    if not isinstance(path, str | os.PathLike):
        hint = "; the object comes first, td.save(obj, path)" if where == "save" else ""
        raise TypeError(f"{where}: expected a path (a str or a pathlib.Path), got {type(path).__name__}{hint}")
    return Path(path)
